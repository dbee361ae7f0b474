/** Queries that are asked all the time go through an index that is small, however long the history is. */
import { expect, it, onTestFinished } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { listing } from "../../src/sqlite/runChoice.ts"
import { join } from "node:path"
import { collectable } from "../../src/sqlite/artifacts/statements.ts"
import { makeDirectory } from "./Child.ts"

interface Piece {
  readonly sql: string
  readonly values: ReadonlyArray<unknown>
}

const plan = ({ sql, values }: Piece): string => {
  const file = join(makeDirectory(), "state.db")
  const journal = openSqlite(file)
  onTestFinished(() => journal.close())
  const db = new Database(file)
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as ReadonlyArray<{ readonly detail: string }>
  db.close()
  return steps.map(({ detail }) => detail).join("\n")
}

it("Open runs are found without a look at those that have ended", () => {
  expect(plan(listing({ phases: ["Running", "Pending"] }))).toContain("r USING INDEX runs_open")
})

it("What can be collected is found without a look at artifacts that live", () => {
  const steps = plan({ sql: collectable.replaceAll(/@\w+/g, "'[]'"), values: [] })
  expect(steps).toMatch(/a USING INDEX artifacts_due[^]*a USING INDEX artifacts_deleting/)
})
