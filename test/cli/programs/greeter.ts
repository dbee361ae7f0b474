/** An app with a command line of its own. */
import { Schema, task, workflow } from "../../../mod.ts"
import { cli } from "../../../src/cli/mod.ts"

const greeting = task("greeting", {
  input: { name: Schema.String },
  output: Schema.String,
  run: ({ name }) => {
    if (name === "") throw new Error("nobody to greet")
    return `Hello, ${name}`
  }
})
const greet = workflow(
  "greet",
  { input: { name: Schema.String } },
  (w) => w.node("greeting", greeting, { input: { name: w.input.name } })
)

await cli([greet], { program: "greeter" })
