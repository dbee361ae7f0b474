// An Effect app: the engine is a layer, bodies are effects that ask for the app's services, and a scope closes it.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { Schema, task, workflow } from "pinnace"
import { layer, PinnaceEngine } from "pinnace/effect"

class Bank extends Context.Service<Bank, { readonly charge: (item: string) => Effect.Effect<string> }>()("app/Bank") {}

const pay = task("pay", {
  input: { item: Schema.String },
  output: Schema.String,
  services: [Bank],
  run: ({ item }) => Effect.flatMap(Bank, (bank) => bank.charge(item))
})
const order = workflow(
  "order",
  { input: { item: Schema.String }, services: [Bank] },
  (w) => w.node("pay", pay, { input: w.input })
)

const program = Effect.gen(function* () {
  const engine = yield* PinnaceEngine.with<Bank>()
  const services = yield* Effect.context<never>()
  const answer = (method: string, id: string, body: string) =>
    Effect.gen(function* () {
      if (method === "POST") {
        const { id, item } = JSON.parse(body)
        return { id: (yield* engine.start(order, { item }, { id })).id }
      }
      const run = yield* engine.get(order, id)
      return run === undefined ? "no such order" : yield* run.result
    })
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("")
    const id = (request.url ?? "").slice("/orders/".length)
    const told = await Effect.runPromiseWith(services)(answer(request.method ?? "GET", id, body))
    response.writeHead(request.method === "POST" ? 202 : 200).end(JSON.stringify(told))
  })
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => console.log("port", server.address()))
    ),
    () => Effect.sync(() => server.close())
  )
  yield* Effect.callback<void>((done) => void process.once("SIGTERM", () => done(Effect.void)))
})

const bank = Layer.succeed(Bank, { charge: (item) => Effect.succeed(`paid for ${item}`) })
const engine = layer(process.env["STATE"] ?? "state.db", { layer: bank, workflows: [order] })
await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(engine)))
