/** The workflows that host processes know, by name. */
import process from "node:process"
import { Schema, task, workflow } from "../../mod.ts"
import { rich, type Variant } from "./rich.ts"
import { trace } from "./trace.ts"

const numbers = { input: { size: Schema.Int } }

const link = task("link", { input: { n: Schema.Int }, output: Schema.Int, run: ({ n }) => n + 1 })

/** A chain of a thousand tasks. */
const chain = () =>
  workflow("chain", {}, (w) => {
    let last = w.node("n1", link, { input: { n: 0 } })
    for (let at = 2; at <= 1000; at++) last = w.node(`n${at}`, link, { input: { n: last } })
    return last
  })

const variant = (): Variant => JSON.parse(process.env["PINNACE_TEST_VARIANT"] ?? "{}")

const makers: Record<string, () => unknown> = { chain, rich: () => rich(variant()) }
const made = new Map<string, unknown>()

/** The workflow with this name; the same value each time. */
export const stage = (name: string): unknown => {
  const maker = makers[name]
  if (maker === undefined) throw new Error(`no workflow ${name}`)
  if (!made.has(name)) made.set(name, maker())
  return made.get(name)
}
