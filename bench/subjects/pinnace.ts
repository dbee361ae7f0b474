/** Pinnace through its public API, with input and output schemas, events and a retry policy on every node. */
import { open, type Ref, Schema, task, workflow } from "../../mod.ts"
import { measured } from "../Request.ts"
import { inputFrom, needsOf, type ShapeName } from "../Shape.ts"
import { body, type Contestant, drive, request } from "./drive.ts"

const step = task("step", {
  input: { i: Schema.Int },
  output: { ok: Schema.Boolean, i: Schema.Int },
  retry: { limit: 3, backoff: "100 millis" },
  run: ({ i }) => body(i)
})

type Output = { readonly ok: boolean; readonly i: number }

/** One map; its items are known before it runs. */
const defineMap = (name: string, nodes: number) => {
  const items = Array.from({ length: nodes }, () => inputFrom([]))
  return workflow(name, {}, (w) => w.map("items", items, step, (i) => ({ i })))
}

const defineGraph = (name: string, shape: ShapeName, nodes: number) =>
  workflow(name, {}, (w) => {
    const refs: Array<Ref<Output>> = []
    for (let index = 0; index < nodes; index++) {
      const needs = Object.fromEntries(needsOf(shape, index).map((need) => [`n${need}`, refs[need]!]))
      const input = (values: Readonly<Record<string, Output>>) => ({
        i: inputFrom(Object.values(values).map(({ i }) => i))
      })
      refs.push(w.node(`n${index}`, step, { needs, input }))
    }
    return refs[nodes - 1]!
  })

const connect = async (): Promise<Contestant> => {
  const { durability, file, nodes, phase, shape } = request
  const workflows = phase === "resume" ? [defineGraph(measured, shape, nodes)] : []
  const pinnace = await open(file, { durability, workflows })
  return {
    prepare: (name, shape, nodes) => {
      if (shape === "mapped") {
        const definition = defineMap(name, nodes)
        return async () => (await pinnace.run(definition)).at(-1)!.i
      }
      const definition = defineGraph(name, shape, nodes)
      return async (runs) => {
        const outputs = await Promise.all(Array.from({ length: runs }, () => pinnace.run(definition)))
        return outputs[runs - 1]!.i
      }
    },
    resume: async () => {
      const run = (await pinnace.get((await pinnace.list())[0]!.id))!
      return (await run.result() as Output).i
    },
    close: () => pinnace.close()
  }
}

await drive(connect)
