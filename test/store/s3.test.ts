/** Everything that is tested against a real S3 server, in one file, so that one server is started for all of it. */
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, describe } from "vitest"
import { artifactKills } from "../crash/artifactKills.ts"
import { s3Store } from "../../src/store/s3/s3Store.ts"
import { s3Crashes } from "./s3/crashes.ts"
import { s3Credentials } from "./s3/credentials.ts"
import { s3Faults } from "./s3/faults.ts"
import { hasS3Server, type S3Server, startS3Server } from "./s3/server.ts"
import { storeSuite } from "./storeSuite.ts"
import { run } from "./StoreWorld.ts"

describe.skipIf(!hasS3Server)(
  "With a real S3 server (skipped where radosgw is missing: run test/store/s3/install.sh)",
  () => {
    let server: S3Server
    beforeAll(async () => {
      server = await startS3Server()
    }, 120_000)
    afterAll(() => server?.stop())

    storeSuite("s3Store", () => {
      // Short, since it counts towards the length of a key.
      const store = s3Store({ ...server, prefix: `s/${randomUUID().slice(0, 8)}/` })
      return Promise.resolve({
        store,
        unfinished: async () => (await run(store.sweep({ olderThan: -60_000 }))).removed,
        dispose: () => Promise.resolve()
      })
    })
    s3Faults(() => server)
    s3Crashes(() => server)
    s3Credentials(() => server)
    // Another process is started, and it is Node's command line that starts it.
    if (!("Bun" in globalThis) && !("Deno" in globalThis)) {
      describe("An engine whose artifacts are in S3", () =>
        artifactKills(() => JSON.stringify({ ...server, prefix: `k/${randomUUID().slice(0, 8)}/` })))
    }
  }
)
