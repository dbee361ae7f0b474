// A node's output is a typed reference. Using it as an input is
// what draws the edge, so `left` and `right` run side by side.
import { open, Schema, task, workflow } from "../mod.ts"

const double = task("double", { input: Schema.Number, run: (n) => n * 2 })
const add = task("add", { input: { a: Schema.Number, b: Schema.Number }, run: ({ a, b }) => a + b })
const print = task("print", { input: Schema.String, run: (text) => console.log(text) })

const sums = workflow("sums", { input: { x: Schema.Number, y: Schema.Number } }, (w) => {
  const left = w.node("left", double, { input: w.input.x })
  const right = w.node("right", double, { input: w.input.y })
  const sum = w.node("sum", add, { input: { a: left, b: right } })
  w.node("print", print, {
    needs: { left, right, sum },
    input: ({ left, right, sum }) => `${left} + ${right} = ${sum}`
  })
  return sum
})

const pinnace = await open(":memory:")
console.log("result:", await pinnace.run(sums, { x: 3, y: 4 }))
await pinnace.close()
