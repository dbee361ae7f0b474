/** An app with a command line of its own. */
import process from "node:process"
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

// As apps call it: with what was written, with what was written after a word of their own, or with words of their own.
const written = process.argv.slice(2)
const args = written[0] === "flows" ? written.slice(1) : written[0] === "fixed" ? ["submit", "greet"] : undefined
await cli([greet], { program: "greeter", ...(args === undefined ? {} : { args }) })
