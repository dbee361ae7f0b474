// A run can start other runs and wait for them, and a flow without an end goes on in new runs: what was signalled and
// not read goes with it.
import { flow, open, Schema, signal } from "../mod.ts"

const day = flow("day", { input: Schema.Number, output: Schema.Number }, (n, f) => f.step("sell", () => n * 100))

const note = signal("note", Schema.String)
const year = flow("year", { input: { from: Schema.Number, sold: Schema.Number } }, async ({ from, sold }, f) => {
  if (from > 3) return `${sold} sold, ${await f.receive(note)}`
  const first = await f.startRun("first", day, from, { onParentEnd: "stop" })
  const second = await f.startRun("second", day, from + 1, { onParentEnd: "stop" })
  const [a, b] = await f.all([first.result(), second.result()])
  return f.continueAs({ from: from + 2, sold: sold + a + b })
})

const pinnace = await open(":memory:")
const run = await pinnace.start(year, { from: 0, sold: 0 }, { id: "year" })
console.log((await run.signal(note, "a good year")).message)
console.log(await run.result())
for (const { id, phase, reason } of (await pinnace.list()).toReversed()) console.log(id, phase, reason ?? "")
await pinnace.close()
