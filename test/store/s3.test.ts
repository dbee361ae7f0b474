import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { s3Store } from "../../src/store/s3/s3Store.ts"
import { s3Server } from "./s3/server.ts"
import { storeSuite } from "./storeSuite.ts"

const server = await s3Server()

describe.skipIf(server === undefined)("A real S3 server", () => {
  if (server === undefined) return
  storeSuite("s3Store", async () => {
    const prefix = `s/${randomUUID().slice(0, 8)}/`
    const store = s3Store({ ...server, prefix, retryDelay: 10 })
    return {
      store,
      unfinished: async () => (await Effect.runPromise(store.sweep({ olderThan: -60_000 }))).removed,
      dispose: () => Promise.resolve()
    }
  })
})
