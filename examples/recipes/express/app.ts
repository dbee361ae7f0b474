// Express: each order is a run whose id the client chooses, so that sending it twice starts nothing twice.
import express from "express"
import { open, Schema, task, workflow } from "pinnace"

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
const order = workflow("order", { input: { item: Schema.String } }, (w) => w.node("pay", pay, { input: w.input }))

const pinnace = await open(process.env["STATE"] ?? "state.db", { workflows: [order] })

const app = express().use(express.json())
app.post("/orders", async (request, response) => {
  const { id, item } = request.body
  const run = await pinnace.start(order, { item }, { id })
  response.status(202).location(`/orders/${run.id}`).json({ id: run.id })
})
app.get("/orders/:id", async (request, response) => {
  const run = await pinnace.get(order, request.params.id)
  if (run === undefined) response.status(404).json("no such order")
  else response.json(await run.result())
})

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => console.log("port", server.address()))

// What is open goes on at the next start.
process.once("SIGTERM", async () => {
  server.close()
  await pinnace.close({ drain: "5 seconds" })
})
