// Deno.serve: `deno run -A app.ts`, in a folder with a package.json and `"nodeModulesDir": "manual"` in its deno.json.
import { open, Schema, task, workflow } from "pinnace"

const pay = task("pay", { input: { item: Schema.String }, run: ({ item }) => `paid for ${item}` })
const order = workflow("order", { input: { item: Schema.String } }, (w) => w.node("pay", pay, { input: w.input }))

const pinnace = await open(Deno.env.get("STATE") ?? "state.db", { workflows: [order] })

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.env.get("PORT") ?? 3000),
  onListen: ({ port }) => console.log("port:", port)
}, async (request) => {
  if (request.method === "POST") {
    const { id, item } = await request.json()
    const run = await pinnace.start(order, { item }, { id })
    return Response.json({ id: run.id }, { status: 202 })
  }
  const run = await pinnace.get(order, new URL(request.url).pathname.slice("/orders/".length))
  return run === undefined ? Response.json("no such order", { status: 404 }) : Response.json(await run.result())
})

const stop = async () => {
  Deno.removeSignalListener("SIGTERM", stop)
  await server.shutdown()
  await pinnace.close({ drain: "5 seconds" })
}
Deno.addSignalListener("SIGTERM", stop)
