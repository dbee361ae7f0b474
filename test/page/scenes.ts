/** Workflows and runs for the page to show. */
import { Artifact, open, type Pinnace, Schema, semaphore, signal, task, workflow } from "../../mod.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", { again: Schema.String }) {}

/** Opens when a test says so. */
export const gates = new Map<string, PromiseWithResolvers<void>>()

const gate = (name: string): PromiseWithResolvers<void> => {
  const found = gates.get(name) ?? Promise.withResolvers<void>()
  gates.set(name, found)
  return found
}

const api = semaphore("api", { limit: 1 })

const fetchPage = task("fetch-page", {
  description: "Loads one page of the source",
  input: { page: Schema.Number },
  output: Schema.Struct({ page: Schema.Number, rows: Schema.Number }),
  retry: { limit: 3, backoff: "1 millis" },
  run: ({ page }, { attempt, log }) => {
    log(`loading page ${page}`)
    if (page === 3 && attempt < 2) throw new Error("connect ECONNREFUSED 10.0.0.7:443")
    return { page, rows: page * 120 }
  }
})

let isBroken = true
/** Lets the task that fails succeed from now on. */
export const mend = (): void => void (isBroken = false)
/** Makes it fail again. */
export const breakIt = (): void => void (isBroken = true)

const validate = task("validate", {
  output: Schema.Number,
  errors: [Busy],
  run: (_, { log }) => {
    log("checking 1,200 rows")
    if (isBroken) throw new Busy({ again: "in a moment" })
    return 1_200
  }
})

const publish = task("publish", {
  input: { rows: Schema.Number },
  output: Artifact,
  run: async ({ rows }, { artifacts }) => artifacts.put("report.csv", new TextEncoder().encode(`rows\n${rows}\n`))
})

/** Fails in the middle. */
export const report = workflow("nightly-report", { description: "Loads, checks and publishes" }, (w) => {
  const pages = w.map("pages", [1, 2, 3, 4], fetchPage, (page) => ({ page }))
  const rows = w.node("validate", validate, { after: [pages] })
  w.node("publish", publish, { input: { rows } })
})

const hold = task("hold", {
  permits: [api.take()],
  run: async (_, { signal }) => {
    await Promise.race([gate("hold").promise, new Promise((_, no) => signal.addEventListener("abort", no))])
  }
})

/** Runs until its gate opens; another one of it waits for the permit. */
export const slow = workflow("slow", {}, (w) => w.node("hold", hold))

const Decision = Schema.Struct({ ok: Schema.Boolean, note: Schema.String })
const approve = signal("approve", Decision)
const announce = task("announce", { input: { decision: Decision }, run: () => {} })

/** Waits for a person. */
export const deploy = workflow("deploy", {}, (w) => {
  const decision = w.suspend(approve)
  w.node("announce", announce, { input: { decision } })
})

const step = (name: string, millis: number) =>
  task(name, {
    run: async (_, { log }) => {
      log(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, millis))
      log(`${name} is done after ${millis} ms`)
    }
  })

const chart = task("chart", {
  output: Artifact,
  run: (_, { artifacts }) => artifacts.put("chart.html", new TextEncoder().encode(html), { mediaType: "text/html" })
})

const html = "<!doctype html><h1>Rows by day</h1><p id=a>no script</p><script>a.textContent = 'script ran'</script>"

const table = task("table", {
  output: Artifact,
  run: (_, { artifacts }) => artifacts.put("days.csv", new TextEncoder().encode(csv))
})

const csv = `day,rows,"what, in words"\n${
  Array.from({ length: 400 }, (_, at) => `2026-11-${at % 30 + 1},${at * 7},"said ""yes"""`).join("\n")
}\n`

const shard = task("shard", { input: { at: Schema.Number }, output: Schema.Number, run: ({ at }) => at * at })

/** Many shapes: a fan, a chain, a list, a nested workflow. */
export const pipeline = workflow("pipeline", { description: "From three sources to a report" }, (w) => {
  const sources = ["orders", "customers", "prices"].map((name, at) => w.node(name, step(`load-${name}`, 20 + at * 25)))
  const clean = sources.map((after, at) => w.node(`clean-${at + 1}`, step("clean", 15 + at * 10), { after: [after] }))
  const join = w.node("join", step("join", 40), { after: clean })
  const shards = w.map("shards", Array.from({ length: 60 }, (_, at) => at), shard, (at) => ({ at }), {
    after: [join],
    concurrency: 20
  })
  const model = w.node("train-the-model-with-a-very-long-name", step("train", 90), { after: [join] })
  const days = w.node("days", table, { after: [shards] })
  const seen = w.node("chart", chart, { after: [model, days] })
  w.node("mail", step("mail", 10), { after: [seen] })
  w.onExit(() => {})
})

/** An engine with one run of each. */
export const staged = async (): Promise<Pinnace> => {
  gates.clear()
  breakIt()
  const pinnace = await open(":memory:", { workflows: [report, slow, deploy, pipeline], actor: "ada@build-1" })
  const failed = await pinnace.start(report, undefined, {
    id: "report-2026-11-29",
    labels: { team: "data", env: "prod" }
  })
  await failed.outcome()
  const first = await pinnace.start(slow, undefined, { id: "slow-1" })
  await first.waitFor("hold", "Running")
  const second = await pinnace.start(slow, undefined, { id: "slow-2" })
  await second.waitFor("hold", "waiting")
  const asks = await pinnace.start(deploy, undefined, { id: "deploy-7" })
  await asks.waitFor("approve", "waiting")
  return pinnace
}
