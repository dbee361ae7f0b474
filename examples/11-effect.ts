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
  const engine = yield* PinnaceEngine.with<Warehouse>()
  const run = yield* engine.start(order, { item: "tea" })
  console.log("left:", yield* run.result)
  console.log("log:", (yield* run.logs()).map(({ level, text }) => `${level} ${text}`).join(", "))
  yield* engine.run(order, { item: "coffee" }).pipe(
    Effect.catchTag("NoStock", ({ item }) => Effect.sync(() => console.log(`no ${item}`)))
  )
})

const main = layer(":memory:", { layer: Warehouse.layer, workflows: [order] })
await Effect.runPromise(Effect.provide(program, main))
