import { Schema, task, workflow } from "../../../mod.ts"

const names = task("names", { output: { all: Schema.Array(Schema.String) }, run: () => ({ all: ["a"] }) })
const make = task("make", { input: Schema.String, run: () => 1 })
workflow("graph", {}, (w) => {
  w.expand("made", w.node("names", names), ({ every }, g) => void g.node("make", make, { input: every }))
})
