/** What the tests of one run's views look at; each starts its own run. */
import { open, type Pinnace, Schema, task, workflow } from "../../mod.ts"

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

const shortIsOver = Promise.withResolvers<void>()
const brief = task("short", { run: () => shortIsOver.resolve() })
const lengthy = task("long", {
  run: async () => {
    await shortIsOver.promise
    await new Promise((resolve) => setTimeout(resolve, 200))
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

/** An engine that knows them. */
export const stage = (): Promise<Pinnace> => open(":memory:", { workflows: [ingest, ways] })
