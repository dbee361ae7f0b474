import { Schema, task, workflow } from "../../../mod.ts"

const seat = task("seat", { input: Schema.String, run: () => 1 })
workflow("trip", {}, (w) => {
  w.map("seats", ["a"], seat, (it) => it, { compensate: () => {} })
})
