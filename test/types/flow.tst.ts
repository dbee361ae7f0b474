/** What types say of flows: steps, waits and runs are typed by what they are made of. */
import { flow, Schema, signal, task, workflow } from "../../mod.ts"
import type { OutputOf } from "../../src/workflow/Runnable.ts"
import type { Same } from "./assert.ts"

const expectTrue = <T extends true>(_?: T): void => {}
const n = signal("n", Schema.Number)
const double = task("double", { input: Schema.Number, output: Schema.Number, run: (it) => it * 2 })

const good = flow("good", { input: { a: Schema.String } }, async ({ a }, f) => {
  const one = await f.step("one", () => a.length)
  expectTrue<Same<typeof one, number>>()
  const got = await f.receive(n)
  expectTrue<Same<typeof got, number>>()
  const maybe = await f.receive(n, { name: "m", duration: 5 })
  expectTrue<Same<typeof maybe, number | undefined>>()
  const sure = await f.receive(n, { name: "s", duration: 5, default: 1 })
  expectTrue<Same<typeof sure, number>>()
  const all = await f.each("all", [1, 2], double)
  expectTrue<Same<typeof all, ReadonlyArray<number>>>()
  const [x, y] = await f.all([f.call("d", double, 1), f.step("t", () => "t")])
  expectTrue<Same<[typeof x, typeof y], [number, string]>>()
  if (x > 3) f.continueAs({ a: "again" })
  return one + got
})
expectTrue<Same<OutputOf<typeof good>, number>>()

// @ts-expect-error the output does not match its schema
flow("a", { output: Schema.Number }, (_, f) => f.step("s", () => "text"))
// @ts-expect-error the body is no async function
flow("b", {}, () => 5)
// @ts-expect-error the input of the next run is of the type of this one
flow("c", { input: Schema.Number }, (_, f) => Promise.resolve(f.continueAs("x")))
// @ts-expect-error a step that fails says with what
flow("d", {}, (_, f) => f.step("s", { output: Schema.Number, run: () => "text" }))
flow("e", {}, async (_, f) => {
  // @ts-expect-error the input of the task is a number
  await f.call("d", double, "x")
  // @ts-expect-error a task is no run
  await f.startRun("r", double, 1)
  const run = await f.startRun("r", good, { a: "x" }, { onParentEnd: "stop" })
  expectTrue<Same<typeof run.id, string>>()
  return await run.result() + 1
})
workflow("f", {}, (w) => {
  const waits = w.run("waits", good, { input: { a: "x" } })
  w.node("d", double, { input: waits })
  const id = w.run("id", good, { input: { a: "x" }, wait: false })
  // @ts-expect-error without waiting there is the id of the run only
  w.node("e", double, { input: id })
  // @ts-expect-error its input is missing
  w.run("none", good)
})
