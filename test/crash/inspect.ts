/** What a state file says once nobody has it open, and whether that can be true. */
import { answersOf } from "../journal/answers.ts"
import { copyFileSync, existsSync, mkdtempSync, readdirSync, statSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Recorded } from "../../mod.ts"
import type { RunRow } from "../../src/run/State.ts"
import type { JournalShape } from "../../src/journal/Journal.ts"
import type { CacheNote } from "../../src/run/Event.ts"
import { planOf } from "../../src/engine/life/plans.ts"
import { check } from "../../src/run/invariants.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { removeTree } from "../removeTree.ts"

/** One run as a file holds it. */
export interface Found {
  readonly row: RunRow | undefined
  readonly events: ReadonlyArray<Recorded>
  readonly violations: ReadonlyArray<string>
}

/** Reads a run and checks the file and N1 to N6 over everything that belongs to the run. */
export const inspect = (file: string, id: string, workflow: unknown): Found => {
  const integrity = integrityOf(file)
  const journal = answersOf(openSqlite(file))
  try {
    const row = answersOf(journal).findRun(id)
    if (row === undefined) return { row, events: [], violations: integrity }
    const events = answersOf(journal).events(row.key, 0)
    const nodes = new Map(answersOf(journal).nodes(row.key).map((node) => [node.path, node]))
    const plan = planOf(workflow as AnyWorkflow)
    const broken = [...check({ events, rows: { run: row, nodes }, plan }), ...wrongMemos(journal)]
    return { row, events, violations: [...integrity, ...broken] }
  } finally {
    journal.close()
  }
}

/** What is remembered in a file although its node did not succeed so, and what is not although it did (R2). */
export const brokenMemos = (file: string): ReadonlyArray<string> => {
  const journal = openSqlite(file)
  try {
    return wrongMemos(journal)
  } finally {
    journal.close()
  }
}

const wrongMemos = (journal: JournalShape): ReadonlyArray<string> => {
  const reads = answersOf(journal)
  const memos = new Map(reads.memos({ limit: Infinity }).map((memo) => [`${memo.cache} ${memo.key}`, memo]))
  const given = new Set<string>()
  const broken: Array<string> = []
  for (const { id, key } of reads.listRuns({})) {
    const notes = new Map<string, CacheNote | undefined>()
    for (const { event } of reads.events(key, 0)) {
      if (event.type === "NodeStarted") notes.set(event.path, event.cache)
      if (event.type !== "NodeFinished" || event.ending.phase !== "Succeeded" || event.from !== undefined) continue
      given.add(`${id} ${event.path} ${JSON.stringify(event.ending.output)}`)
      const note = notes.get(event.path)
      if (note === undefined || "off" in note || memos.has(`task/${note.name} ${note.key}`)) continue
      broken.push(`R2: ${id} ${event.path} succeeded and is not remembered`)
    }
  }
  for (const { cache, key, path, runId } of memos.values()) {
    const { value = "" } = reads.memo(cache, key) ?? {}
    if (!given.has(`${runId} ${path} ${value}`)) broken.push(`R2: ${runId} ${path} is remembered and never ended so`)
  }
  return broken
}

const integrityOf = (file: string): ReadonlyArray<string> => {
  const db = new Database(file)
  try {
    const answer = db.value("PRAGMA integrity_check")
    return answer === "ok" ? [] : [`integrity_check: ${String(answer)}`]
  } finally {
    db.close()
  }
}

/**
 * Inspects a copy of a file that nobody has open, as it was left behind;
 * `cut` (0 to 1) keeps only that share of the log, as after a loss of power.
 */
export const inspectCopy = (file: string, id: string, workflow: unknown, cut = 1): Found => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-copy-"))
  const copy = join(directory, "state.db")
  try {
    copyFileSync(file, copy)
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    if (cut < 1 && existsSync(`${copy}-wal`)) {
      truncateSync(`${copy}-wal`, Math.floor(cut * statSync(`${copy}-wal`).size))
    }
    return inspect(copy, id, workflow)
  } finally {
    removeTree(directory)
  }
}

/** Whether one list of events is the beginning of another. */
export const isPrefix = (shorter: ReadonlyArray<Recorded>, longer: ReadonlyArray<Recorded>): boolean =>
  shorter.every((event, at) => JSON.stringify(event) === JSON.stringify(longer[at]))

/** What lies beside a state file although nobody has it open. */
export const leftBehind = (file: string): ReadonlyArray<string> => {
  const name = file.slice(dirname(file).length + 1)
  return readdirSync(dirname(file)).filter((it) => it.startsWith(name) && it !== name)
}
