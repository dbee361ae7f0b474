// Exit handlers run after success, failure, timeout and stop.
// They are told the typed outcome, and are recorded as nodes.
import { handler, open, Schema, task, workflow } from "../mod.ts"

class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", { free: Schema.Number }) {}

const backUp = task("back-up", {
  input: { free: Schema.Number },
  errors: [DiskFull],
  run: ({ free }) => {
    if (free < 10) throw new DiskFull({ free })
    return "stored"
  }
})
const notify = task("notify", { input: Schema.String, run: (text) => console.log(text) })

const nightly = workflow("nightly", { input: { free: Schema.Number } }, (w) => {
  w.node("back-up", backUp, {
    input: { free: w.input.free },
    onExit: handler(
      notify,
      ({ outcome }) =>
        outcome.phase === "Failed" && outcome.error
          ? `node: disk full, ${outcome.error.free} GB free`
          : `node: ${outcome.phase}`
    )
  })
  w.onExit(({ outcome }) => console.log(`run:  ${outcome.phase}`))
  w.on("started", () => console.log("begin"))
})

const pinnace = await open(":memory:")
for (const free of [50, 3]) {
  const run = await pinnace.start(nightly, { free })
  await run.ending()
  console.log("nodes:", (await run.nodes()).map(({ path, phase }) => `${path} ${phase}`).join(", "))
}
await pinnace.close()
