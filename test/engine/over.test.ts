/** What is over stays over: a process died as a scope without time left was undone, and the clock was set back. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { flow, task, type Workflow, workflow } from "../../mod.ts"
import { TestBed } from "./TestBed.ts"

const minute = 60_000

/** Its time is over while an exit handler works, which nothing cuts; the first life does not get beyond undoing. */
const scope = (log: Array<string>, isFirst: () => boolean) => {
  const book = task("book", {
    compensate: () => isFirst() ? Effect.never : Effect.sync(() => void log.push("undone")),
    onExit: () => Effect.sleep("1 hour"),
    run: () => void log.push("booked")
  })
  const late = task("late", { run: () => void log.push("late") })
  return { book, late }
}

type Made = ReturnType<typeof scope>

const graph = (name: string, { book, late }: Made, options: object) =>
  workflow(name, options, (w) => {
    w.node("late", late, { after: [w.node("book", book)] })
  })

const straight = (name: string, { book, late }: Made, options: object) =>
  flow(name, options, async (_: void, { call }) => {
    await call("book", book)
    await call("late", late)
  })

const within = { timeout: "1 minute" }

const scopes: Readonly<Record<string, (made: Made) => Workflow<void, void, never>>> = {
  "A graph": (made) => graph("one", made, within),
  "A flow": (made) => straight("one", made, within),
  "A nested graph": (made) => workflow("one", {}, (w) => void w.node("in", graph("inner", made, {}), within as never)),
  "A nested flow": (made) => workflow("one", {}, (w) => void w.node("in", straight("inner", made, {}), within as never))
}

describe.each(Object.entries(scopes))("%s that was being undone", (_, make) => {
  it("begins nothing more in another life, wherever the clock is then", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    let lives = 1
    const one = make(scope(log, () => lives === 1))
    const first = bed.open()
    const run = await bed.settle(first.start(one, undefined))
    await bed.until(async () => (await run.nodes()).some(({ path }) => path.endsWith("book.compensate")))
    await bed.quiet()
    lives = 2
    bed.crash(first)
    bed.setClock(-10 * minute)
    const again = (await bed.settle(bed.open({ workflows: [one] }).get(run.id)))!
    expect(await bed.ended(again)).toMatchObject({ phase: "Failed" })
    expect(log).toEqual(["booked", "undone"])
    expect(bed.violations(again)).toEqual([])
  })
})
