import { every, schedule, Schema, task, workflow } from "../../../mod.ts"

const double = task("double", { input: Schema.Number, run: (n) => n * 2 })
const asking = workflow("asking", { input: Schema.Number }, (w) => w.node("n", double, { input: w.input }))
schedule("hourly", every("1 hour"), asking)
