import { flow, Schema, task } from "../../../mod.ts"

const double = task("double", { input: Schema.Number, run: (n) => n * 2 })
flow("parent", {}, async (_, f) => void await f.startRun("child", double, 1))
