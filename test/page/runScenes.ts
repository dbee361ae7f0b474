/** What the tests of one run's views look at; each starts its own run. */
import { gzipSync } from "node:zlib"
import { packTar } from "modern-tar"
import { ZipFile } from "yazl"
import { Artifact, open, type Pinnace, Schema, semaphore, storedLimit, task, workflow } from "../../mod.ts"

class Rejected extends Schema.TaggedError<Rejected>()("Rejected", { rows: Schema.Number }) {}

const Ask = Schema.Struct({ day: Schema.String, rows: Schema.Number, mode: Schema.Literals(["fast", "full"]) })

const load = task("load", {
  description: "Reads the rows of a day",
  input: Ask,
  output: Schema.Number,
  run: ({ rows }, { log }) => {
    log(`loading ${rows} rows`)
    return rows
  }
})

const check = task("check", {
  input: { rows: Schema.Number },
  output: Schema.Struct({ rows: Schema.Number, good: Schema.Boolean }),
  errors: [Rejected],
  run: ({ rows }) => {
    if (rows < 0) throw new Rejected({ rows })
    return { rows, good: true }
  }
})

const store = task("store", { input: { rows: Schema.Number }, output: Schema.Number, run: ({ rows }) => rows * 2 })

/** Fails when it is asked for less than no rows. */
export const ingest = workflow("ingest", { description: "Takes in a day", input: Ask }, (w) => {
  const rows = w.node("load", load, { input: (_: unknown, it: typeof Ask.Type) => it })
  w.node("calendar", task("calendar", { run: () => {} }))
  const checked = w.node("check", check, { input: { rows } })
  return w.node("store", store, { input: { rows }, after: [checked] })
})

const wait = (name: string, millis: number) =>
  task(name, { run: () => new Promise<void>((resolve) => setTimeout(resolve, millis)) })

const mayEnd = Promise.withResolvers<void>()
/** Lets the longer way end, some time from now. */
export const letLongEnd = (): void => mayEnd.resolve()
const brief = task("short", { run: () => {} })
const lengthy = task("long", {
  run: async () => {
    await mayEnd.promise
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
})

/** Two ways to an end, of which one decides however busy the machine is. */
export const ways = workflow("ways", {}, (w) => {
  const short = w.node("short", brief)
  const long = w.node("long", lengthy)
  const join = w.node("join", wait("join", 20), { after: [short, long] })
  const mail = w.node("mail", wait("mail", 1), { after: [join] })
  w.node("end", wait("end", 1), { after: [mail] })
})

const database = semaphore("page-db", { limit: 1 })
const query = task("query", {
  permits: [database.take()],
  run: () => new Promise<void>((resolve) => setTimeout(resolve, 30))
})

/** Three that want the one permit there is. */
export const crowd = workflow("crowd", {}, (w) => {
  for (const name of ["one", "two", "three"]) w.node(name, query)
})

const sum = task("sum", {
  input: { rows: Schema.Number, mode: Schema.String },
  output: Schema.Struct({ total: Schema.Number, mode: Schema.String }),
  cache: true,
  run: ({ mode, rows }) => ({ total: rows * 2, mode })
})

const save = task("save", {
  input: { counted: Schema.Struct({ total: Schema.Number, mode: Schema.String }) },
  output: Artifact,
  retry: { limit: 2, backoff: "1 millis" },
  run: ({ counted: { total } }, { artifacts, attempt }) => {
    if (attempt < 2) throw new Error("the disk was full")
    return artifacts.put("total.json", new TextEncoder().encode(JSON.stringify({ total })))
  }
})

/** Computes what may be reused, and saves it at the second attempt. */
export const totals = workflow("totals", { input: { rows: Schema.Number } }, (w) => {
  const counted = w.node("count", sum, { input: (_: unknown, { rows }: { rows: number }) => ({ rows, mode: "all" }) })
  w.node("save", save, { input: { counted } })
})

const isOver = Promise.withResolvers<void>()
/** Lets what holds the permit end. */
export const letGo = (): void => isOver.resolve()
const api = semaphore("page-api", { limit: storedLimit(1) })
const hold = task("hold", { permits: [api.take()], run: () => isOver.promise })

/** Takes the one permit there is. */
export const holder = workflow("holder", {}, (w) => w.node("hold", hold))

const gate = Promise.withResolvers<void>()
/** Lets what waits at the gate end. */
export const openGate = (): void => gate.resolve()

/** Runs until its gate opens. */
export const gated = workflow("gated", {}, (w) => w.node("gate", task("gate", { run: () => gate.promise })))

const readme = `# Report

It is **done**: see [the site](https://example.com) and <b onclick="alert(1)">this</b>.

- [x] one
- [ ] two

| day | rows |
|-----|-----:|
| Mon | 12   |

[bad](javascript:alert(1)) ![far](https://example.com/x.png)
`

const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** A zip of two files, as another program wrote it. */
export const zipped = (): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const zip = new ZipFile()
    const mtime = new Date("2026-11-28T12:30:00Z")
    zip.addBuffer(Buffer.from("one"), "data/one.txt", { mtime })
    zip.addBuffer(Buffer.from("x".repeat(5_000)), "two ü.csv", { mtime })
    zip.end()
    const parts: Array<Buffer> = []
    zip.outputStream.on("data", (part: Buffer) => parts.push(part)).on("error", reject)
      .on("end", () => resolve(new Uint8Array(Buffer.concat(parts))))
  })

/** A tar of as many files as are asked for. */
export const tarred = (count: number): Promise<Uint8Array> =>
  packTar(Array.from({ length: count }, (_, at) => ({
    header: { name: `part-${at}.txt`, size: 3, type: "file" as const, mtime: new Date("2026-11-28T12:30:00Z") },
    body: "abc"
  })))

const files = task("files", {
  run: async (_, { artifacts }) => {
    const text = new TextEncoder()
    await artifacts.put("README.md", text.encode(readme))
    await artifacts.put("paper.pdf", text.encode(pdf), { mediaType: "application/pdf" })
    await artifacts.put("pixel.png", Buffer.from(pixel, "base64"))
    await artifacts.put("rows.ndjson", text.encode('{"n":1}\n{"n":2}\n'))
    await artifacts.put("bundle.zip", await zipped())
    await artifacts.put("bundle.tgz", gzipSync(await tarred(3)))
  }
})

/** Saves a file of each kind. */
export const kinds = workflow("kinds", {}, (w) => w.node("files", files))

/** An engine that knows them. */
export const stage = (): Promise<Pinnace> =>
  open(":memory:", { workflows: [ingest, ways, crowd, totals, holder, kinds, gated] })
