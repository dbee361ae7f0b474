// Hono, on Node. The handler of `pinnace/server` is mounted beside the app's own routes: page and API under /flows.
import { createServer } from "node:http"
import { Hono } from "hono"
import { open, Schema, task, workflow } from "pinnace"
import { handler, nodeListener } from "pinnace/server"

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
const order = workflow("order", { input: { item: Schema.String } }, (w) => w.node("pay", pay, { input: w.input }))

const pinnace = await open(process.env["STATE"] ?? "state.db", { workflows: [order] })
const flows = handler(pinnace, { base: "/flows", token: process.env["TOKEN"] ?? crypto.randomUUID() })

const app = new Hono()
app.post("/orders", async (c) => {
  const { id, item } = await c.req.json()
  const run = await pinnace.start(order, { item }, { id })
  return c.json({ id: run.id }, 202)
})
app.get("/orders/:id", async (c) => {
  const run = await pinnace.get(order, c.req.param("id"))
  return run === undefined ? c.json("no such order", 404) : c.json(await run.result())
})
app.all("/flows/*", (c) => flows(c.req.raw))

const server = createServer(nodeListener(async (request) => await app.fetch(request)))
server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => console.log("port", server.address()))

process.once("SIGTERM", async () => {
  flows.close()
  server.close()
  await pinnace.close({ drain: "5 seconds" })
})
