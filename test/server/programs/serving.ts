/** A process that serves an engine in memory, says where, and ends when its input does. */
import process from "node:process"
import { open } from "../../../mod.ts"
import { serve } from "../../../src/server/mod.ts"

const pinnace = await open(":memory:")
const server = await serve(pinnace, {
  token: "a-token-of-the-tests",
  limits: { headTime: 400, grace: 200, connections: 50 }
})
process.stdout.write(`${server.port}\n`)
process.stdin.resume().on("end", () => {
  void server.close().then(() => pinnace.close()).then(() => process.exit(0))
})
