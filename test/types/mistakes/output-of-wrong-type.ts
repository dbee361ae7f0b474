import { Schema, task } from "../../../mod.ts"

task("count", { output: Schema.Number, run: () => "5" })
