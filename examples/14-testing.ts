// Tests of workflows: the real engine on virtual time, with bodies replaced and failures injected. No test waits.
import { setTimeout as sleep } from "node:timers/promises"
import { Schema, task, workflow } from "../mod.ts"
import { TestEngine } from "../src/testing/mod.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

const fetchPage = task("fetch-page", {
  output: Schema.String,
  errors: [Busy],
  retry: { limit: 3, backoff: "1 hour" },
  run: (_, { signal }) => sleep(60_000, "from the network", { signal })
})
const count = task("count", { input: Schema.String, run: (page) => page.split(" ").length })
const words = workflow("words", {}, (w) => {
  const page = w.node("page", fetchPage)
  const pause = w.sleep("pause", "1 day", { after: [page] })
  return w.node("count", count, { input: page, after: [pause] })
})

const test = new TestEngine()
test.replace(fetchPage, () => "three short words").failNext(fetchPage, new Busy(), new Busy())
const run = await test.pinnace.start(words)
await test.settle()
const [page] = await run.nodes()
console.log(`page: attempt ${page?.attempt} failed, waiting: ${page?.waiting}`)

await test.skip("3 hours")
console.log((await run.nodes()).map(({ path, phase }) => `${path} ${phase}`).join(", "))

await test.crash()
console.log("words:", await test.finish((await test.pinnace.get(run.id))!))
await test.close()
