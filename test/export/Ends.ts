/** How the nodes of a workflow end, on the engine and as Argo shows them, in words that can be compared. */
import type { ManifestRun } from "../../src/argo/mod.ts"
import { Names } from "../../src/export/Names.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"

/** Phases and outputs by path. */
export type Ends = Readonly<Record<string, string>>

/** What may follow a node. */
const following = [".onExit", ".hooks.succeeded", ".hooks.failed"]

const phaseIn = (phase: string): string => phase === "Error" ? "Failed" : phase

/** As the engine ends it. */
export const onEngine = async (workflow: AnyWorkflow): Promise<Ends> => {
  const bed = new TestEngine()
  const run = await bed.pinnace.start(workflow as never, null as never)
  await bed.untilEnded(run)
  const nodes = await run.nodes({ values: true })
  const names = workflow.nodes.flatMap(({ name }) => [name, ...following.map((it) => `${name}${it}`)])
  const ends = nodes.filter(({ path }) => names.includes(path)).map(({ output, path, phase }) =>
    [path, `${phaseIn(phase)} ${phase === "Succeeded" ? JSON.stringify(output) : ""}`] as const
  )
  const outcome = await run.outcome()
  const output = outcome.phase === "Succeeded" && workflow.result !== undefined ? JSON.stringify(outcome.output) : ""
  await bed.close()
  return { ...Object.fromEntries(ends), "": `${phaseIn(outcome.phase)} ${output}` }
}

/** As the run of its manifest ended. */
export const inView = (workflow: AnyWorkflow, view: ManifestRun): Ends => {
  const root = view.nodes.find(({ boundaryId, type }) => boundaryId === "" && type === "DAG")!.name
  const taken = new Names()
  const ends = workflow.nodes.map(({ kind, name, runnable }) => {
    const full = `${root}.${taken.free(name)}`
    const shown = view.nodes.find((it) => it.name === full)
    const hasEnd = kind !== "workflow" || (runnable as AnyWorkflow).result !== undefined
    const value = shown?.outputs.parameters?.find((it) => it.name === (kind === "suspend" ? "value" : "end"))?.value
    const output = kind === "suspend" ? value : value && JSON.stringify(JSON.parse(value).output ?? null)
    return [
      name,
      `${shown?.phase ?? "absent"} ${shown?.phase === "Succeeded" ? hasEnd ? output : "null" : ""}`
    ] as const
  })
  const handlers = view.nodes.flatMap(({ name, outputs }) => {
    const end = outputs.parameters?.find((it) => it.name === "end")?.value
    return workflow.nodes.flatMap((it) => {
      const what = following.find((follows) => name === `${root}.${new Names().free(it.name)}${follows}`)
      if (what === undefined) return []
      // A hook that fails has succeeded for Argo, and tells its end.
      const { output, phase } = JSON.parse(end!)
      return [[`${it.name}${what}`, `${phaseIn(phase)} ${phase === "Succeeded" ? JSON.stringify(output) : ""}`]]
    })
  })
  const own = view.nodes.find((it) => it.name === root)?.outputs.parameters?.find((it) => it.name === "end")?.value
  return {
    ...Object.fromEntries([...ends, ...handlers]),
    "": `${view.phase} ${own === undefined ? "" : JSON.stringify(JSON.parse(own).output)}`
  }
}
