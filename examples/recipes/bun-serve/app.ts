// Bun.serve, with its routes.
import { open, Schema, task, workflow } from "pinnace"

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
const order = workflow("order", { input: { item: Schema.String } }, (w) => w.node("pay", pay, { input: w.input }))

const pinnace = await open(process.env["STATE"] ?? "state.db", { workflows: [order] })

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["PORT"] ?? 3000),
  routes: {
    "/orders": {
      POST: async (request) => {
        const { id, item } = await request.json()
        const run = await pinnace.start(order, { item }, { id })
        return Response.json({ id: run.id }, { status: 202 })
      }
    },
    "/orders/:id": async (request) => {
      const run = await pinnace.get(order, request.params.id)
      return run === undefined ? Response.json("no such order", { status: 404 }) : Response.json(await run.result())
    }
  }
})
console.log("port:", server.port)

process.once("SIGTERM", async () => {
  await server.stop()
  await pinnace.close({ drain: "5 seconds" })
})
