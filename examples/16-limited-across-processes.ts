// One semaphore for two processes: what it limits is limited in
// all of them together, and whoever dies gives back what it held.
import { fork } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { open, Schema, semaphore, task, workflow } from "../mod.ts"

const [, , directory = mkdtempSync(join(tmpdir(), "pinnace-")), name] = process.argv
const journal = join(directory, "working") // what the bodies themselves say, in the order of their lines

const fetchPage = task("fetch-page", {
  input: Schema.Number,
  permits: [semaphore("api", { limit: 3 }).take()],
  run: async () => {
    appendFileSync(journal, `begin ${name}\n`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    appendFileSync(journal, `end ${name}\n`)
  }
})
const pages = [1, 2, 3, 4, 5, 6, 7, 8]
const crawl = workflow("crawl", {}, (w) => void w.map("pages", pages, fetchPage, (page) => page))

const pinnace = await open(join(directory, "state.db"))
if (name !== undefined) await pinnace.run(crawl)
else {
  const children = ["one", "two"].map((name) => fork(fileURLToPath(import.meta.url), [directory, name]))
  await Promise.all(children.map((child) => once(child, "exit")))
  const lines = readFileSync(journal, "utf8").trim().split("\n")
  const working = lines.map((_, at) =>
    lines.slice(0, at + 1).reduce((n, it) => n + (it.startsWith("begin") ? 1 : -1), 0)
  )
  console.log("pages fetched by two processes:", lines.length / 2)
  console.log("at once, at most:", Math.max(...working))
  for (const { held, limit, name } of await pinnace.locks()) console.log(`${name}: ${held} of ${limit} held`)
}
await pinnace.close()
