// Compensation: a task brings what undoes it. When the run does not work out, the last effect is undone first.
import { Schema, task, workflow } from "../mod.ts"
import { TestEngine } from "../src/testing/mod.ts"

const city = { city: Schema.String }

const hotel = task("hotel", {
  input: city,
  output: Schema.String,
  compensate: ({ output }) => console.log(`cancel ${output}`),
  run: ({ city }) => `a room in ${city}`
})

const flight = task("flight", {
  input: city,
  output: Schema.String,
  // Also where an attempt was cut off: then there may be no output.
  compensate: {
    when: "began",
    run: ({ input, output }) => console.log(`cancel ${output ?? `flight to ${input.city}`}`)
  },
  run: ({ city }) => `a seat to ${city}`
})

const pay = task("pay", { run: () => Promise.reject(new Error("the card was refused")) })

const trip = workflow("trip", { input: city }, (w) => {
  const room = w.node("hotel", hotel, { needs: { it: w.input }, input: ({ it }) => it })
  const seat = w.node("flight", flight, { needs: { it: w.input }, input: ({ it }) => it, after: [room] })
  w.node("pay", pay, { after: [seat] })
  w.onExit(({ compensated, outcome }) => console.log(outcome.phase, JSON.stringify(compensated)))
})

const test = new TestEngine()
const run = await test.pinnace.start(trip, { city: "Oslo" })
await test.finish(run).catch(() => undefined)
for (const { path, phase } of await run.nodes()) console.log(path, phase)
await test.close()
