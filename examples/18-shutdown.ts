// An HTTP server that shuts down: it stops taking requests, lets
// runs end for a while, and leaves the rest to the next start.
import { mkdtempSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { EngineClosed, open, Schema, signal, task, workflow } from "../mod.ts"

const approval = signal("approval", Schema.Boolean)
const ship = task("ship", {
  input: { approved: Schema.Boolean },
  run: ({ approved }) => approved ? "shipped" : "refused"
})
const order = workflow("order", {}, (w) => w.node("ship", ship, { input: { approved: w.suspend(approval) } }))

const file = join(mkdtempSync(join(tmpdir(), "pinnace-")), "state.db")
const pinnace = await open(file, { workflows: [order] })

const server = createServer((request, response) => {
  const id = request.url!.slice(1)
  pinnace.start(order, undefined, { id }).then((run) => response.writeHead(202).end(run.id), (error) => {
    // Whatever is asked of a closed engine fails with this one error.
    response.writeHead(error instanceof EngineClosed ? 503 : 500).end()
  })
})
await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))

const shutDown = async (server: Server): Promise<void> => {
  // First no new requests, then the engine: it waits a moment for
  // runs that are about to end, and leaves the others as they are.
  await new Promise((closed) => server.close(closed))
  await pinnace.close({ drain: "100 millis" })
}
const ended = new Promise<void>((done) => process.once("SIGTERM", () => shutDown(server).then(done)))

const { port } = server.address() as AddressInfo
const answer = await fetch(`http://127.0.0.1:${port}/order-1`, { headers: { connection: "close" } })
console.log("accepted:", await answer.text())
process.emit("SIGTERM")
await ended
console.log("closed:  ", await pinnace.start(order).catch((error) => error._tag))

const next = await open(file, { workflows: [order] })
const run = (await next.get("order-1"))!
await run.signal("approval", true)
console.log("later:   ", await run.result())
await next.close()
