/** Literals, tuples and unions keep their types wherever authors write an input. */
import * as Schema from "effect/Schema"
import { handler } from "../../src/workflow/Handler.ts"
import { task } from "../../src/workflow/Task.ts"
import { workflow } from "../../src/workflow/Workflow.ts"
import { hello } from "./fixtures.ts"

const letter = Schema.Literals(["x", "y"])
const one = Schema.Struct({ kind: Schema.Literal("a"), n: Schema.Number })
const pair = Schema.Tuple([Schema.String, Schema.Number])
const choice = Schema.Union([one, Schema.Struct({ kind: Schema.Literal("b"), pair, opt: Schema.optionalKey(letter) })])
const many = {
  a: Schema.NullOr(letter),
  b: Schema.optionalKey(choice),
  list: Schema.Array(choice),
  tags: Schema.Record(Schema.String, letter)
}

const choose = task("choose", { input: choice, run: (given) => given })
const spell = task("spell", { input: letter, run: (given) => given })
const join = task("join", { input: Schema.Tuple([Schema.String, letter]), run: () => {} })
const either = task("either", { input: Schema.Union([Schema.String, Schema.Array(letter)]), run: () => {} })
const all = task("all", { input: many, run: () => {} })
const count = task("count", { run: () => 1 })

workflow("values", { input: { c: choice } }, (w) => {
  w.node("a", choose, { input: { kind: "a", n: 1 } })
  w.node("b", choose, { input: { kind: "b", pair: ["x", 1], opt: "x" } })
  w.node("reference", choose, { input: w.input.c })
  w.node("references", choose, { input: { kind: "b", pair: ["x", w.node("n", count)] } })
  w.node("tuple", join, { input: ["a", "x"] })
  w.node("tuple of references", join, { input: [w.node("h", hello), "x"] })
  w.node("literal", spell, { input: "x" })
  w.node("text", either, { input: "text" })
  w.node("list", either, { input: ["x", "y"] })
  w.node("deep", all, {
    input: { a: w.node("s", spell, { input: "x" }), list: [w.input.c, { kind: "a", n: 1 }], tags: { u: "x" } }
  })
  // @ts-expect-error no letter
  w.node("wrong letter", spell, { input: "z" })
  // @ts-expect-error no member of the union
  w.node("wrong member", choose, { input: { kind: "a", pair: ["x", 1] } })
})

workflow("mappings", { input: { which: Schema.Boolean } }, (w) => {
  const h = w.node("h", hello)
  w.node("constant", choose, { input: () => ({ kind: "a", n: 1 }) })
  w.node("needs", choose, { needs: { h }, input: ({ h }) => ({ kind: "b", pair: [h, 1] }) })
  w.node("branches", choose, {
    needs: { h },
    input: ({ h }) => h === "" ? { kind: "a", n: 1 } : { kind: "b", pair: [h, 1], opt: "y" }
  })
  w.node("block", choose, {
    needs: { h },
    input: ({ h }) => {
      if (h === "") return { kind: "a", n: 1 }
      return { kind: "b", pair: [h, 1] }
    }
  })
  w.node("tuple", join, { input: () => ["a", "x"] })
  w.node("literal", spell, { input: (_, { which }) => which ? "x" : "y" })
  w.node("list", either, { input: () => ["x"] })
  w.node("deep", all, { input: () => ({ a: null, b: { kind: "a", n: 1 }, list: [{ kind: "a", n: 1 }], tags: {} }) })
  w.map("member", [1, 2], choose, (n) => ({ kind: "b", pair: ["x", n] }))
  w.map("tuples", [1, 2], join, (n) => [String(n), "x"])
  w.map("letters", ["x", "y"], spell, (one) => one)
  w.map("members", [{ kind: "a", n: 1 }, { kind: "b", pair: ["x", 1] }], choose, (one) => one)
  w.node("handled", hello, { onExit: handler(choose, () => ({ kind: "a", n: 1 })) })
  // @ts-expect-error no letter
  w.map("wrong letters", ["x", "z"], spell, (one) => one)
  // @ts-expect-error no member of the union
  w.map("wrong members", [1, 2], choose, (n) => ({ kind: "a", pair: ["x", n] }))
})

workflow("defaults", {}, (w) => {
  w.node("letter", spell, { input: "x", when: () => true, default: "y" })
  const chosen = w.node("chosen", choose, {
    input: { kind: "a", n: 1 },
    when: () => true,
    default: { kind: "b", pair: ["x", 1] }
  })
  w.node("again", choose, { input: chosen })
  w.suspend("ask", { output: choice, duration: "1 hour", default: { kind: "a", n: 1 } })
})

task("calls", {
  run: async (_, { call }) => {
    await call("union", choose, { kind: "a", n: 1 })
    await call("tuple", join, ["x", "y"])
    await call("literal", spell, "x")
  }
})
