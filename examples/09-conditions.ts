// Guards, conditions over outcomes, and going on after a failure.
// The graph can be checked and drawn without running it.
import { check, draw, open, or, Schema, task, workflow } from "../mod.ts"

class Red extends Schema.TaggedError<Red>()("Red", {}) {}

const test = task("test", {
  input: { pass: Schema.Boolean },
  errors: [Red],
  run: ({ pass }) => {
    if (!pass) throw new Red()
  }
})
const say = task("say", { input: Schema.String, run: (text) => console.log(text) })

const ci = workflow("ci", { input: { unit: Schema.Boolean, branch: Schema.String } }, (w) => {
  const unit = w.node("unit", test, { input: { pass: w.input.unit }, continueOn: { failed: true } })
  const lint = w.node("lint", test, { input: { pass: true } })
  w.node("publish", say, {
    depends: unit.succeeded,
    when: (_, { branch }) => branch === "main",
    input: "published"
  })
  w.node("alarm", say, { depends: or(unit.failed, lint.failed), input: "something is red" })
  w.node("summary", say, {
    needs: { unit: unit.outcome, lint: lint.outcome },
    after: [unit, lint],
    input: ({ lint, unit }) => `unit ${unit.phase}, lint ${lint.phase}`
  })
})

console.log("mistakes:", check(ci).length)
console.log(draw(ci))

const pinnace = await open(":memory:")
for (const input of [{ unit: true, branch: "main" }, { unit: true, branch: "next" }, { unit: false, branch: "main" }]) {
  const run = await pinnace.start(ci, input)
  const { phase } = await run.ending()
  const rest = (await run.nodes()).filter((node) => node.phase === "Skipped" || node.phase === "Omitted")
  console.log(`${phase}; ${rest.map((node) => `${node.path} ${node.phase} (${node.reason})`).join(", ")}\n`)
}
await pinnace.close()
