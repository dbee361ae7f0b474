/** Moves artifacts once, in one of several ways, and reports the milliseconds it took. */
import { execFileSync } from "node:child_process"
import { createReadStream, rmSync } from "node:fs"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { S3Client } from "@aws-sdk/client-s3"
import { Upload } from "@aws-sdk/lib-storage"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { join } from "node:path"
import { Artifact, open, task, workflow } from "../../mod.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { s3Store } from "../../src/store/s3/mod.ts"
import { diskStore, readFile } from "../../src/store/mod.ts"

const [, , subject = "", argument = "{}"] = process.argv
const { directory, file, planRows, server, smallObjects } = JSON.parse(argument)
const concurrency = 64

const content = () => Stream.orDie(readFile(file, (cause) => cause))

/** Each answers with what removes its traces, which is not measured. */
const subjects: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  "cp": async () => {
    execFileSync("cp", [file, `${file}.copy`])
    return () => Promise.resolve(rmSync(`${file}.copy`))
  },
  "cp-sync-sum": async () => {
    execFileSync("cp", [file, `${file}.copy`])
    execFileSync("sync", [`${file}.copy`])
    execFileSync("sha256sum", [`${file}.copy`])
    return () => Promise.resolve(rmSync(`${file}.copy`))
  },
  "disk-put": async () => {
    const store = diskStore(directory)
    await Effect.runPromise(store.put("large", content()))
    return () => Effect.runPromise(store.delete(["large"]))
  },
  "disk-small": async () => {
    const store = diskStore(directory)
    const keys = Array.from({ length: smallObjects }, (_, at) => `run/${at % 100}/${at}`)
    const bytes = new Uint8Array(1_000)
    const putAndGet = (key: string) =>
      Effect.andThen(store.put(key, Stream.succeed(bytes)), Stream.runDrain(store.get(key)))
    await Effect.runPromise(Effect.forEach(keys, putAndGet, { concurrency, discard: true }))
    await Effect.runPromise(store.delete(keys))
    return () => Promise.resolve()
  },
  "engine-small": async () => {
    const make = task("make", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("small", "small") })
    const read = task("read", {
      input: Artifact,
      run: async (handle, { artifacts }) => void await (await artifacts.open(handle)).bytes()
    })
    const items = Array.from({ length: smallObjects }, (_, at) => at)
    const flow = workflow("small", { gc: "OnWorkflowCompletion" }, (w) => {
      const made = w.map("make", items, make, () => undefined)
      w.map("read", made, read, (handle) => handle)
    })
    const pinnace = await open(join(directory, "small.db"), { durability: "process" })
    const run = await pinnace.start(flow)
    await run.ending()
    await pinnace.gc()
    if ((await run.artifacts()).some(({ state }) => state !== "deleted")) throw new Error("not all were collected")
    return () => pinnace.close()
  },
  "gc-plan": () => {
    const journal = openSqlite(file)
    const { count } = Effect.runSync(journal.reads.artifacts.totals(Date.now(), ["default"]))
    const { length } = Effect.runSync(journal.reads.artifacts.collectable(Date.now(), ["default"], 1_000))
    if (count !== planRows / 2 || length !== 1_000) throw new Error(`it planned ${count} and ${length}`)
    return Promise.resolve(() => Promise.resolve(journal.close()))
  },
  "s3-put": async () => {
    const store = s3Store(server)
    await Effect.runPromise(store.put("ours", content()))
    return () => Effect.runPromise(store.delete(["ours"]))
  },
  "sdk-put": async () => {
    const { bucket: Bucket, credentials, endpoint, region } = server
    const client = new S3Client({ credentials, endpoint, forcePathStyle: true, region })
    // As many and as large parts as ours.
    const options = { partSize: 8 * 1024 * 1024, queueSize: 4 }
    await new Upload({ client, params: { Bucket, Key: "theirs", Body: createReadStream(file) }, ...options }).done()
    return () => Effect.runPromise(s3Store(server).delete(["theirs"]))
  }
}

const work = subjects[subject]
if (work === undefined) throw new Error(`There is no subject ${subject}`)
const begun = performance.now()
const clean = await work()
const millis = performance.now() - begun
await clean()
process.stdout.write(`@${JSON.stringify({ millis, rss: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`)
