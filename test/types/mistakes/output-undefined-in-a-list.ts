import { Schema, task } from "../../../mod.ts"

task("find", {
  input: Schema.Array(Schema.String),
  run: (names) => names.map((name) => name === "" ? undefined : name)
})
