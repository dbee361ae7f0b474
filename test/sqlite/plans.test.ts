/** Queries that are asked all the time go through an index that is small, however long the history is. */
import { answersOf } from "../journal/answers.ts"
import { expect, it, onTestFinished } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { linesAfter } from "../../src/sqlite/lineChoice.ts"
import { listing } from "../../src/sqlite/runChoice.ts"
import { join } from "node:path"
import { claiming, leaving } from "../../src/sqlite/Owners.ts"
import { collectable } from "../../src/sqlite/artifacts/statements.ts"
import { makeDirectory } from "./Child.ts"

interface Piece {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
}

const plan = ({ sql, values }: Piece): string => {
  const file = join(makeDirectory(), "state.db")
  const journal = answersOf(openSqlite(file))
  onTestFinished(() => journal.close())
  const db = new Database(file)
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as ReadonlyArray<{ readonly detail: string }>
  db.close()
  return steps.map(({ detail }) => detail).join("\n")
}

it("Open runs are found without a look at those that have ended", () => {
  expect(plan(listing({ phases: ["Running", "Pending"] }))).toContain("r USING INDEX runs_open")
})

it("A process opens and closes a file without a look at runs that have ended", () => {
  for (const sql of [claiming(["workflow = 'a'"]), leaving]) {
    expect(plan({ sql: sql.replace("owner = ?", "owner = 1").replace("owner = ?", "owner = 1"), values: [] }))
      .toContain("runs USING INDEX runs_open")
  }
})

it("Runs of a phase are found without a look at others, and without sorting", () => {
  const failed = plan(listing({ phases: ["Failed", "Error"] }))
  expect(failed).toMatch(/r USING INDEX runs_ended \(phase=\?\)[^]*r USING INDEX runs_ended \(phase=\?\)/)
  const ofWorkflow = plan(
    listing({ phases: ["Failed"], workflow: "report", before: { createdAt: 1, key: 1 }, skip: 5 })
  )
  expect(ofWorkflow).toContain("r USING INDEX runs_ended_by_workflow (workflow=? AND phase=?")
  expect(failed + ofWorkflow).not.toContain("TEMP B-TREE")
  const all = plan(listing({ phases: ["Running", "Failed"] }))
  expect(all).toMatch(/r USING INDEX runs_(open|ended)[^]*r USING INDEX runs_(open|ended)/)
})

it("Runs of one value of a label are found in the order of their index", () => {
  const term = { name: "team", is: "in", values: ["blue"] } as const
  const steps = plan(listing({ labels: [term], phases: ["Failed"] }))
  expect(steps).toContain("SEARCH l USING PRIMARY KEY (name=? AND value=?)")
  expect(steps).not.toContain("TEMP B-TREE")
})

it("What can be collected is found without a look at artifacts that live", () => {
  const steps = plan({ sql: collectable.replaceAll(/@\w+/g, "'[]'"), values: [] })
  expect(steps).toMatch(/a USING INDEX artifacts_due[^]*a USING INDEX artifacts_deleting/)
})

it("Lines of a run are read in their order, without sorting all of them, and those of a node without a look at others", () => {
  const steps = plan(linesAfter(1, 0, { limit: 200, skip: 50_000, texts: ["needle"] }))
  expect(steps).toContain("logs USING INDEX logs_by_run (run=?")
  expect(steps).not.toContain("TEMP B-TREE")
  expect(plan(linesAfter(1, 0, { path: "a", limit: 200 }))).toContain("logs USING INDEX logs_by_node (run=? AND path=?")
})
