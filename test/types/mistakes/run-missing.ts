import { Schema, task } from "../../../mod.ts"

task("shout", { input: Schema.String })
