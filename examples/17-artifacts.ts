// Artifacts: a task saves files, others read them. The bytes are deleted when nobody can need them any more.
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Artifact, open, Schema, task, workflow } from "../mod.ts"

const render = task("render", {
  output: { page: Artifact, data: Artifact },
  run: async (_, { artifacts }) => {
    const directory = await artifacts.directory() // private to this attempt, removed after it
    await writeFile(join(directory, "page.html"), "<h1>Tides</h1>")
    return {
      page: await artifacts.put("page", join(directory, "page.html")),
      data: await artifacts.putJson("data", { high: 3.1, low: 0.4 }, { gc: "temp" }) // until its last reader ended
    }
  }
})
const Tides = Schema.Struct({ high: Schema.Number, low: Schema.Number })
const check = task("check", {
  input: { page: Artifact, data: Artifact },
  output: Schema.String,
  run: async ({ data, page }, { artifacts }) => {
    const { high, low } = await (await artifacts.open(data)).json(Tides)
    const html = await readFile(await (await artifacts.open(page)).path(), "utf8")
    return `${html} ${(high - low).toFixed(1)} m`
  }
})
const publish = workflow("publish", {}, (w) => {
  const rendered = w.node("render", render)
  return w.node("check", check, { input: rendered })
})

const pinnace = await open(":memory:") // a file would keep them in a directory beside it; `pinnace/s3` keeps them in S3
const run = await pinnace.start(publish)
console.log(await run.result())
await pinnace.gc()
for (const { gc, mediaType, name, size, state } of await run.artifacts()) {
  console.log(`${name}: ${size} bytes of ${mediaType}, ${gc}: ${state}`)
}
await pinnace.close()
