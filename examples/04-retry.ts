// Errors are declared with a schema. A retry policy sees their type, and so does whoever reads the result.
import { open, Schedule, Schema, task, workflow } from "../mod.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { queue: Schema.Number }) {}
class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { page: Schema.String }) {}

const fetchPage = task("fetch-page", {
  input: { page: Schema.String },
  output: Schema.String,
  errors: [Busy, NotFound],
  retry: { limit: 5, backoff: { duration: "10 millis", factor: 2 }, while: (error) => error._tag === "Busy" },
  run: ({ page }, { attempt }) => {
    if (page === "missing") throw new NotFound({ page })
    if (attempt < 3) throw new Busy({ queue: 10 - attempt })
    return `<h1>${page}</h1>`
  }
})

const crawl = workflow("crawl", { input: { page: Schema.String }, errors: [NotFound] }, (w) => {
  // A node can replace the policy of its task, here by any Effect schedule.
  const index = w.node("index", fetchPage, { input: { page: "index" }, retry: Schedule.spaced("5 millis") })
  const page = w.node("page", fetchPage, { input: { page: w.input.page } })
  return { index, page }
})

const pinnace = await open(":memory:")
const run = await pinnace.start(crawl, { page: "news" })
console.log(Object.values(await run.result()).join(" "))
for await (const { event } of run.events()) {
  if (event.type === "AttemptFailed" && event.path === "page") {
    console.log(`attempt ${event.attempt}: ${event.error.tag}, again in ${event.delay} ms`)
  }
}

const error: unknown = await pinnace.run(crawl, { page: "missing" }).catch((error) => error)
if (error instanceof NotFound) console.log(`no page "${error.page}", and no second attempt`)
await pinnace.close()
