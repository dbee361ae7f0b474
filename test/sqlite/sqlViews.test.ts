/** The views that everybody may ask: what the page says of them, and that they answer what the engine answers. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { open, Schema, task, workflow } from "../../mod.ts"
import { root } from "../examples/program.ts"
import { readPage, table } from "../docs/Page.ts"
import { makeDirectory } from "./Child.ts"

const ship = task("ship", {
  input: { customer: Schema.String, fails: Schema.Boolean },
  output: Schema.Struct({ parcel: Schema.String }),
  run: ({ customer, fails }) => {
    if (fails) throw new TypeError("no such street")
    return { parcel: `to ${customer}` }
  }
})
const order = workflow(
  "order",
  { input: { customer: Schema.String, fails: Schema.Boolean } },
  (w) => w.node("ship", ship, { input: { customer: w.input.customer, fails: w.input.fails } })
)

const page = readPage("docs/sql-views.md")
const cells = (heading: string): ReadonlyArray<string> =>
  table(page, heading).map(([cell = ""]) => cell.replaceAll("`", ""))

/** A file with two runs of which one failed, opened by another program. */
const asked = async () => {
  const file = join(makeDirectory(), "state.db")
  {
    await using pinnace = await open(file, { durability: "process" })
    const options = { labels: { team: "blue" } }
    await (await pinnace.start(order, { customer: "Ada", fails: false }, { id: "good", ...options })).ending()
    await (await pinnace.start(order, { customer: "Alan", fails: true }, { id: "bad", ...options })).ending()
  }
  const db = new Database(file, { readonly: true })
  onTestFinished(() => db.close())
  return (sql: string) => db.prepare(sql).all() as ReadonlyArray<Record<string, unknown>>
}

describe("the views", () => {
  it("have the columns that the page tells of, in its order", async () => {
    const ask = await asked()
    for (const view of ["v_runs", "v_nodes"]) {
      const columns = ask(`SELECT name FROM pragma_table_info('${view}')`).map(({ name }) => name)
      expect(columns).toEqual(cells(`Columns of ${view}`))
    }
  })

  it("tell values, times and errors of runs and nodes", async () => {
    const ask = await asked()
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const [bad, good] = ask("SELECT * FROM v_runs ORDER BY id")
    expect(good).toMatchObject({ phase: "Succeeded", created_at: time, finished_at: time, seconds: expect.any(Number) })
    expect([good!["input"], good!["output"], good!["error"]]).toEqual([
      `{"customer":"Ada","fails":false}`,
      `{"parcel":"to Ada"}`,
      null
    ])
    expect(bad).toMatchObject({ phase: "Error", output: null })
    expect(ask("SELECT path, error ->> 'message' AS said FROM v_nodes WHERE run = 'bad' AND kind = 'task'")).toEqual([
      { path: "ship", said: expect.stringContaining("no such street") }
    ])
  })

  it("answer each question of the page", async () => {
    const ask = await asked()
    const questions = [...readFileSync(`${root}docs/sql-views.md`, "utf8").matchAll(/^```sql\n([\s\S]*?)^```$/gm)]
    expect(questions.length).toBeGreaterThan(3)
    for (const [, question] of questions) expect(ask(question!).length).toBeGreaterThan(0)
  })

  it("stand beside tables that the page names, each of them", async () => {
    const ask = await asked()
    const tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    expect(tables.map(({ name }) => name).toSorted()).toEqual(cells("The tables").toSorted())
  })
})
