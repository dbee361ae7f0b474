import { open, Schema, task, workflow } from "../../../mod.ts"

const pinnace = await open(":memory:")
const shout = task("shout", { input: Schema.String, run: (text) => text.toUpperCase() })
const greet = workflow(
  "greet",
  { input: { name: Schema.String } },
  (w) => w.node("shout", shout, { input: w.input.name })
)

await pinnace.run(greet, { nmae: "you" })
