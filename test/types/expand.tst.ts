/** What types say of graphs of a value: the value is of the type of its node, the output is what the graph gives. */
import { Schema, task, workflow } from "../../mod.ts"

const names = task("names", { output: Schema.Array(Schema.String), run: () => ["a"] })
const length = task("length", { input: Schema.String, output: Schema.Number, run: (it) => it.length })
const double = task("double", { input: Schema.Number, run: (n) => n * 2 })

workflow("a", {}, (w) => {
  const made = w.expand("made", w.node("names", names), ([first = ""], g) => g.node("length", length, { input: first }))
  w.node("double", double, { input: made })
  // @ts-expect-error the graph gives a number
  w.node("length", length, { input: made })
})
workflow("b", {}, (w) => {
  // @ts-expect-error the value is a list of texts
  w.expand("made", w.node("names", names), (found: number, g) => g.node("double", double, { input: found }))
  // @ts-expect-error nothing that a node gives
  w.expand("plain", ["a"], () => {})
  // @ts-expect-error a graph is not undone as a whole
  w.expand("undone", w.node("more", names), () => {}, { compensate: () => {} })
})
