/** The layout of a graph, made by a worker that all graphs share. */
import { useSignal } from "@preact/signals"
import { useEffect, useMemo } from "preact/hooks"
import type { Layout } from "./layout.ts"
import type { Graph } from "./model.ts"

let worker: Worker | undefined
let turns = 0

const layOut = (count: number, edges: Int32Array): Promise<Layout> => {
  worker ??= new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" })
  const turn = ++turns
  return new Promise((resolve) => {
    const hear = (event: MessageEvent): void => {
      const answer = event.data as { readonly turn: number; readonly laid: Layout }
      if (answer.turn !== turn) return
      worker!.removeEventListener("message", hear)
      resolve(answer.laid)
    }
    worker!.addEventListener("message", hear)
    worker!.postMessage({ turn, count, edges })
  })
}

/** The layout, once it is there. It depends on the shape alone: phases change without moving anything. */
export const useLayout = (graph: Graph): Layout | undefined => {
  const laid = useSignal<{ readonly shape: string; readonly layout: Layout } | undefined>(undefined)
  const shape = useMemo(
    () => `${graph.vertices.map(({ id }) => id).join("\n")}\n\n${graph.edges.join(" ")}`,
    [graph]
  )
  useEffect(() => {
    let isCurrent = true
    void layOut(graph.vertices.length, Int32Array.from(graph.edges.flat())).then((layout) => {
      if (isCurrent) laid.value = { shape, layout }
    })
    return () => void (isCurrent = false)
  }, [shape])
  return laid.value?.shape === shape ? laid.value.layout : undefined
}
