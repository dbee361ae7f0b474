// For Effect apps: bodies are Effects, their services come from a layer, the engine is a service, errors stay typed.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Schema, task, workflow } from "../mod.ts"
import { layer, PinnaceEngine } from "../src/embed/effect.ts"

class NoStock extends Schema.TaggedError<NoStock>()("NoStock", { item: Schema.String }) {}

class Warehouse extends Context.Service<Warehouse, {
  readonly take: (item: string) => Effect.Effect<number, NoStock>
}>()("example/Warehouse") {
  static readonly layer = Layer.succeed(Warehouse, {
    take: (item) => item === "tea" ? Effect.succeed(41) : Effect.fail(new NoStock({ item }))
  })
}

const take = task("take", {
  input: { item: Schema.String },
  output: Schema.Number,
  errors: [NoStock],
  services: [Warehouse],
  run: ({ item }) =>
    Effect.gen(function* () {
      const warehouse = yield* Warehouse
      const left = yield* warehouse.take(item)
      yield* Effect.log(`${left} left`)
      return left
    })
})

const order = workflow(
  "order",
  { input: { item: Schema.String }, errors: [NoStock], services: [Warehouse] },
  (w) => w.node("take", take, { input: { item: w.input.item } })
)

const program = Effect.gen(function* () {
  const engine = yield* PinnaceEngine
  const run = yield* engine.start(order, { item: "tea" })
  console.log("left:", yield* run.result)
  console.log("log:", run.logs().map(({ level, text }) => `${level} ${text}`).join(", "))
  const other = yield* engine.start(order, { item: "coffee" })
  yield* other.result.pipe(
    Effect.catchTag("NoStock", ({ item }) => Effect.sync(() => console.log(`no ${item}`)))
  )
})

const main = Layer.provide(layer<Warehouse>(":memory:", { workflows: [order] }), Warehouse.layer)
await Effect.runPromise(Effect.provide(program, main))
