import { expect, test } from "vitest"
import { NodeRows } from "../../src/engine/NodeRows.ts"
import type { NodeRow } from "../../src/run/State.ts"
import { makeRandom } from "../../src/testing/World.ts"

const random = makeRandom(1)
const one = <T>(...values: ReadonlyArray<T>): T => values[Math.floor(random() * values.length)]!
const rarely = <T>(value: T, usual: T): T => random() < 0.1 ? value : usual

/** A value for each column: the commonest ones mostly, so that many rows are alike. */
const columns: { readonly [Column in keyof NodeRow]: () => NodeRow[Column] } = {
  run: () => 1,
  path: () => `items[${Math.floor(random() * 3_000)}]`,
  kind: () => one("task", "workflow"),
  phase: () => one("Running", "Succeeded", "Succeeded", "Failed", "Pending"),
  reason: () => rarely("TaskFailed", null),
  message: () => rarely("broken", null),
  epoch: () => rarely(2, 1),
  attempt: () => rarely(2, 1),
  attempts: () => rarely(3, 0),
  base: () => rarely(1, 0),
  reruns: () => rarely(1, 0),
  waiting: () => rarely("Signal", null),
  until: () => rarely(1_700_000_000_000, 0),
  progress: () => rarely({ done: 1, total: 2 }, null),
  startedAt: () => 1_700_000_000_000 + Math.floor(random() * 1_000),
  finishedAt: () => one(0, 1_700_000_001_000),
  inputSeq: () => Math.floor(random() * 10_000),
  signalSeq: () => rarely(7, 0),
  resultSeq: () => Math.floor(random() * 10_000)
}

const aRow = (): NodeRow =>
  Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value()])) as unknown as NodeRow

test("The rows of a run are as they were put in, in the order of their paths, however many are alike", () => {
  const rows = new NodeRows()
  const expected = new Map<string, NodeRow>()
  for (let step = 0; step < 10_000; step++) {
    const row = aRow()
    rows.set(row.path, row)
    expected.set(row.path, row)
    if (step % 100 === 0) expect(rows.get(row.path)).toEqual(row)
  }
  expect(rows.size).toBe(expected.size)
  expect([rows.has("items[1]"), rows.has("other"), rows.get("other")]).toEqual([true, false, undefined])
  expect([...rows]).toEqual([...expected])
  expect([...rows.keys()]).toEqual([...expected.keys()])
  expect([...rows.values()]).toEqual([...expected.values()])
  const seen: Array<readonly [string, NodeRow]> = []
  rows.forEach((row, path) => seen.push([path, row]))
  expect(seen).toEqual([...expected])
})
