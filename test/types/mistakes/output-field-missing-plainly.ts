import { Schema, task } from "../../../mod.ts"

task("count", { output: { count: Schema.Number, of: Schema.String }, run: () => ({ count: 5 }) })
