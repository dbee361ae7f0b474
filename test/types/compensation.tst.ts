/** What types say of compensations: they get the input and the output of their task. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Schema, task, workflow } from "../../mod.ts"

const booking = { input: { city: Schema.String }, output: { id: Schema.String } }
const run = () => ({ id: "1" })

task("a", { ...booking, run, compensate: ({ input, output }) => void `${input.city.length} ${output.id.length}` })
task("b", { ...booking, run, compensate: { when: "began", run: ({ output }) => void output?.id } })
task("c", {
  ...booking,
  run,
  compensate: { when: "succeeded", retry: { limit: 3 }, run: ({ output }) => void output.id }
})
// @ts-expect-error the input has no such field
task("d", { ...booking, run, compensate: ({ input }) => void input.town })
// @ts-expect-error nobody knows whether there is an output
task("e", { ...booking, run, compensate: { when: "began", run: ({ output }) => void output.id } })
// @ts-expect-error there is no such time
task("f", { ...booking, run, compensate: { when: "failed", run: () => {} } })
// @ts-expect-error what undoes is missing
task("g", { ...booking, run, compensate: { retry: { limit: 3 } } })

class Db extends Context.Service<Db, { readonly count: number }>()("test/types/UndoDb") {}
task("h", { services: [Db], run: () => 1, compensate: () => Effect.asVoid(Db) })
// @ts-expect-error the task does not name the service
task("i", { run: () => 1, compensate: () => Effect.asVoid(Db) })

const hotel = task("hotel", { ...booking, run })
const inner = workflow("inner", booking, (w) => w.node("hotel", hotel, { input: () => ({ city: "Oslo" }) }))
workflow("j", {}, (w) => {
  const input = () => ({ city: "Oslo" })
  w.node("task", hotel, { input, compensate: ({ input, output }) => void `${input.city.length} ${output.id.length}` })
  w.node("nested", inner, { input, compensate: ({ input, output }) => void `${input.city.length} ${output.id.length}` })
  w.map("items", ["a"], hotel, (city) => ({ city }), { item: { compensate: ({ output }) => void output.id.length } })
  // @ts-expect-error the output has no such field
  w.node("k", hotel, { input, compensate: ({ output }) => void output.name })
  // @ts-expect-error a map is undone by its items
  w.map("l", ["a"], hotel, (city) => ({ city }), { compensate: () => {} })
  // @ts-expect-error nothing is done by a wait
  w.suspend("m", { compensate: () => {} })
  // @ts-expect-error the workflow does not name the service
  w.node("n", hotel, { input, compensate: () => Effect.asVoid(Db) })
})
workflow(
  "o",
  { ...booking, compensate: ({ input, output }) => void `${input.city} ${output.id}` },
  (w) => w.node("hotel", hotel, { input: () => ({ city: "Oslo" }) })
)
// @ts-expect-error there is no such way
workflow("p", { compensate: "serial" }, () => {})
