/** Everything that is tested against a real S3 server, in one file, so that one server is started for all of it. */
import { randomUUID } from "node:crypto"
import { execFileSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { artifactKills } from "../crash/artifactKills.ts"
import { s3Store } from "../../src/store/s3/s3Store.ts"
import { s3Crashes } from "./s3/crashes.ts"
import { s3Credentials } from "./s3/credentials.ts"
import { s3Faults } from "./s3/faults.ts"
import { s3Manifests } from "./s3/manifests.ts"
import { hasS3Server, type S3Server, startS3Server } from "./s3/server.ts"
import { storeSuite } from "./storeSuite.ts"
import { run } from "./StoreWorld.ts"

const demonstration = fileURLToPath(new URL("../../examples/weather/main.ts", import.meta.url))

describe.skipIf(!hasS3Server)(
  "With a real S3 server (skipped where radosgw is missing: run test/store/s3/install.sh)",
  () => {
    let server: S3Server
    beforeAll(async () => {
      server = await startS3Server()
    })
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
    s3Manifests(() => server)
    // Another process is started, and it is Node's command line that starts it.
    if (!("Bun" in globalThis) && !("Deno" in globalThis)) {
      it("keeps the report of the demonstration, with one flag", async () => {
        const { bucket, credentials, endpoint } = server
        const environment = {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey
        }
        const folder = mkdtempSync(join(tmpdir(), "pinnace-demo-"))
        const flags = ["--folder", folder, "--pace", "0", "--s3", bucket, "--endpoint", endpoint]
        const output = execFileSync(process.execPath, [demonstration, ...flags], {
          encoding: "utf8",
          env: { ...process.env, ...environment }
        })
        const key = /Artifact +(\S+) +\((\d+) bytes, in /.exec(output)
        const stored = await run(s3Store(server).stat(key![1]!))
        expect(stored.size).toBe(Number(key![2]))
      })
      describe("An engine whose artifacts are in S3", () =>
        artifactKills(() => JSON.stringify({ ...server, prefix: `k/${randomUUID().slice(0, 8)}/` })))
    }
  }
)
