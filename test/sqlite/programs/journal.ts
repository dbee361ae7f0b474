/** Opens a state file and does what the lines on its standard input say; see `Child.ts`. */
import type { JournalShape } from "../../../src/journal/Journal.ts"
import { type Answered, answersOf } from "../../journal/answers.ts"
import { mkdirSync, rmdirSync } from "node:fs"
import { createRequire } from "node:module"
import process from "node:process"
import { createInterface } from "node:readline"
import type { JournalError } from "../../../src/journal/JournalError.ts"
import { Database } from "../../../src/sqlite/Database.ts"
import { openSqlite } from "../../../src/sqlite/openSqlite.ts"
import type { SqliteOptions } from "../../../src/sqlite/openSqlite.ts"
import { event, release, request, runRow, semaphore } from "../../journal/JournalWorld.ts"
import type { RunRow } from "../../../src/run/State.ts"

const require = createRequire(import.meta.url)

let journal: JournalShape & Answered
let database: Database
let acknowledged = 0

const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)

const append = (writes: Parameters<JournalShape & Answered["append"]>[0]): Promise<string> =>
  new Promise((resolve) => journal.append(writes, (error?: JournalError) => resolve(error?.reason ?? "stored")))

const heardOfGrant = (run: number, path: string): Promise<void> =>
  new Promise((resolve) => {
    const end = journal.subscribe((notice) => {
      if (notice.type !== "granted" || notice.run !== run || notice.path !== path) return
      end()
      resolve()
    })
  })

const operations: Record<string, (...args: ReadonlyArray<never>) => unknown> = {
  open: (file: string, options?: SqliteOptions) => {
    journal = answersOf(openSqlite(file, options))
    journal.subscribe((notice) => say({ notice }))
    return journal.process
  },
  create: async (id: string, fields: Partial<RunRow> = {}) => {
    const row = runRow(journal, id, fields)
    await append([{ kind: "create", row }])
    return row.key
  },
  event: (run: number, seq: number) => append([event(run, seq)]),
  /** Writes events one after the other without end. */
  keepWriting: (run: number) => {
    const next = (seq: number): void =>
      journal.append([event(run, seq)], () => {
        acknowledged = seq
        next(seq + 1)
      })
    next(1)
  },
  acknowledged: () => acknowledged,
  /** Creates runs, writes to them, lists, claims and sends, as several programs at once would; answers the failures. */
  bustle: async (name: string, rounds: number) => {
    const failures: Array<string> = []
    for (let round = 0; round < rounds; round++) {
      const row = runRow(journal, `${name}-${round}`)
      const answers = [append([{ kind: "create", row }]), append([event(row.key, 1)]), append([event(row.key, 2)])]
      failures.push(...(await Promise.all(answers)).filter((answer) => answer !== "stored"))
      journal.listRuns({ limit: 5 })
      journal.claim({ workflows: ["report"] })
      const other = journal.listRuns({ limit: 20 })[round % 20]
      if (other !== undefined) journal.send(other.key, "stop", "{}")
    }
    return failures
  },
  limit: (name: string, limit: number) => append([semaphore(name, limit)]),
  request: (run: number, path: string, name: string) => append([request(run, path, name)]),
  release: (run: number, path: string) => append([release(run, path)]),
  queue: () => journal.permits().map(({ path, grantedAt }) => grantedAt > 0 ? `${path} holds` : path),
  /** Takes and gives back a mutex; answers how often another process was inside meanwhile. */
  takeTurns: async (run: number, path: string, mutex: string, rounds: number, directory: string) => {
    let collisions = 0
    for (let round = 0; round < rounds; round++) {
      const isGranted = heardOfGrant(run, path)
      await append([request(run, path, mutex)])
      await isGranted
      try {
        mkdirSync(directory)
        rmdirSync(directory)
      } catch {
        collisions++
      }
      journal.append([release(run, path)])
    }
    journal.flush()
    return collisions
  },
  claim: (options: Parameters<JournalShape & Answered["claim"]>[0]) => journal.claim(options).map(({ id }) => id),
  send: (run: number, verb: string) => journal.send(run, verb, "{}"),
  inbox: () => journal.inbox().map(({ verb }) => verb),
  watch: () => void journal.watch(),
  close: () => journal.close(),
  resources: () => process.getActiveResourcesInfo(),
  isDriverLoaded: () => Object.keys(require.cache).some((file) => file.includes("better-sqlite3")),
  lock: (file: string) => {
    database = new Database(file)
    database.exec("BEGIN EXCLUSIVE")
  },
  unlock: () => database.exec("ROLLBACK"),
  become: (user: number) => process.setuid!(user)
}

const answer = async (line: string): Promise<void> => {
  const { id, operation, args } = JSON.parse(line)
  try {
    say({ id, value: await operations[operation]!(...(args as ReadonlyArray<never>)) })
  } catch (error) {
    say({ id, error: String((error as JournalError).reason ?? error) })
  }
}

createInterface({ input: process.stdin }).on("line", (line) => void answer(line))
