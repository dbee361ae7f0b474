import { Schema, task, workflow } from "../../../mod.ts"

const double = task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 })
const child = workflow("child", {}, (w) => w.node("n", double, { input: () => 1 }))
workflow("parent", {}, (w) => {
  const id = w.run("child", child, { wait: false })
  w.node("double", double, { input: id })
})
