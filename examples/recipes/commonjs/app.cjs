// CommonJS, as NestJS compiles to: `require` takes modules from Node 22.12 on. `await` stands in a function.
const { createServer } = require("node:http")
const { open, Schema, task, workflow } = require("pinnace")

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
const order = workflow("order", { input: { item: Schema.String } }, (w) => w.node("pay", pay, { input: w.input }))

const main = async () => {
  const pinnace = await open(process.env.STATE ?? "state.db", { workflows: [order] })
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const { id, item } = JSON.parse((await request.setEncoding("utf8").toArray()).join(""))
      const run = await pinnace.start(order, { item }, { id })
      return response.writeHead(202).end(JSON.stringify({ id: run.id }))
    }
    const run = await pinnace.get(order, request.url.slice("/orders/".length))
    if (run === undefined) return response.writeHead(404).end()
    response.end(JSON.stringify(await run.result()))
  })
  server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => console.log("port", server.address()))
  // In NestJS this is `onApplicationShutdown` of the provider that opened it.
  process.once("SIGTERM", async () => {
    server.close()
    await pinnace.close({ drain: "5 seconds" })
  })
}
main()
