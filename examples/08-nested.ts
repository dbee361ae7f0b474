// A workflow is used like a task: as a node, for each item of a
// map, or started by a body that finds out at run time what to do.
import { open, Schema, task, workflow } from "../mod.ts"

const square = task("square", { input: Schema.Number, run: (n) => n * n })
const sum = task("sum", { input: Schema.Array(Schema.Number), run: (list) => list.reduce((a, b) => a + b, 0) })

const squares = workflow("squares", { input: { list: Schema.Array(Schema.Number) } }, (w) => {
  const each = w.map("each", w.input.list, square, (n) => n)
  return w.node("sum", sum, { input: each })
})

const search = task("search", {
  input: { above: Schema.Number },
  output: Schema.Number,
  run: async ({ above }, { call }) => {
    for (let n = 1;; n++) if (await call(`try-${n}`, square, n) > above) return n
  }
})

const outer = workflow("outer", {}, (w) => {
  const parts = w.map("parts", [[1, 2], [3]], squares, (list) => ({ list }))
  const total = w.node("total", sum, { input: parts })
  return { total, root: w.node("root", search, { needs: { total }, input: ({ total }) => ({ above: total / 2 }) }) }
})

const pinnace = await open(":memory:")
const run = await pinnace.start(outer)
const { root, total } = await run.result()
console.log(`total ${total}; ${root} squared is more than ${total / 2}`)
for (const { path } of (await run.nodes()).toSorted((a, b) => a.path < b.path ? -1 : 1)) console.log(path)
await pinnace.close()
