/** A large graph is planned in pieces, between which others go on. */
import { setImmediate } from "node:timers"
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import { open, task, workflow } from "../../mod.ts"
import { compile, compiling } from "../../src/plan/compile.ts"
import { nodesAtOnce } from "../../src/plan/pieces.ts"
import { storedText, storing } from "../../src/plan/stored.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"

const nothing = task("nothing", { run: () => undefined })
const wide = (many: number) =>
  workflow("wide", {}, (w) => {
    for (let at = 0; at < many; at++) w.node(`n${at}`, nothing)
  })

const stepped = <A>(work: Generator<void, A>): { readonly value: A; readonly pauses: number } => {
  for (let pauses = 0;; pauses++) {
    const step = work.next()
    if (step.done === true) return { value: step.value, pauses }
  }
}

it("gives the same plan and text in pieces, and a small graph in one", () => {
  const large = wide(5 * nodesAtOnce) as unknown as AnyWorkflow
  const compiled = stepped(compiling(large))
  const plan = Result.getOrThrow(compiled.value)
  expect(compiled.pauses).toBeGreaterThanOrEqual(4 * 4)
  expect(plan.digest).toBe(Result.getOrThrow(compile(large)).digest)
  const text = stepped(storing(plan))
  expect([text.value, text.pauses]).toEqual([storedText(plan), 4])
  expect(stepped(compiling(wide(nodesAtOnce) as unknown as AnyWorkflow)).pauses).toBe(0)
})

it("lets others go on while a run of a large graph is started, registered before or not", async () => {
  await using pinnace = await open(":memory:")
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  turn()
  await pinnace.start(wide(5 * nodesAtOnce), undefined, { leave: true })
  expect(turns).toBeGreaterThan(20)
  const registered = wide(5 * nodesAtOnce + 1)
  await using other = await open(":memory:", { workflows: [registered] })
  turns = 0
  await other.start(registered, undefined, { leave: true })
  isOver = true
  expect(turns).toBeGreaterThan(4)
})
