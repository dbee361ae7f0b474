// Permits: a semaphore bounds how many nodes work at once, in every
// process that has the file open. Waiters are served in order.
import { mutex, open, Schema, semaphore, task, workflow } from "../mod.ts"

const api = semaphore("api", { limit: 2 })
const ledger = mutex("ledger")

let working = 0
let most = 0
const fetchPage = task("fetch-page", {
  input: { page: Schema.Number },
  permits: [api.take()],
  run: async ({ page }) => {
    most = Math.max(most, ++working)
    await new Promise((resolve) => setTimeout(resolve, 5))
    working--
    return page * 10
  }
})
const book = task("book", {
  input: Schema.Array(Schema.Number),
  permits: [ledger.take(), api.take(2)], // all of them at once or none, so no order can deadlock
  run: (pages) => pages.length
})
const crawl = workflow("crawl", {}, (w) => {
  const pages = w.map("pages", [1, 2, 3, 4, 5, 6], fetchPage, (page) => ({ page }))
  return w.node("book", book, { input: pages })
})

const pinnace = await open(":memory:")
console.log("pages booked:", await pinnace.run(crawl))
console.log("at once, at most:", most)
for (const { held, limit, name } of await pinnace.locks()) console.log(`${name}: ${held} of ${limit} held`)
await pinnace.close()
