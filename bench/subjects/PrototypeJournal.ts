/** The rows of the prototype: queued writes, committed together once per turn of the event loop. */
import Sqlite from "better-sqlite3"
import * as Effect from "effect/Effect"
import type { Durability } from "../Request.ts"

const schema = `
CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, name TEXT, done INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes (
  run TEXT, node INTEGER, status TEXT, output TEXT, started INTEGER, finished INTEGER, PRIMARY KEY (run, node)
) WITHOUT ROWID;`

/** A node that finished in an earlier life. */
export interface FinishedNode {
  readonly node: number
  readonly output: string
}

interface Write {
  readonly statement: Sqlite.Statement
  readonly values: ReadonlyArray<unknown>
  readonly resume: (effect: Effect.Effect<void>) => void
}

/** A journal whose effects complete once their row is durable. */
export class PrototypeJournal {
  readonly #db: Sqlite.Database
  readonly #statements: Readonly<
    Record<"begin" | "commit" | "created" | "ended" | "started" | "finished", Sqlite.Statement>
  >
  #queue: Array<Write> = []

  constructor(file: string, durability: Durability) {
    const db = new Sqlite(file)
    db.pragma("journal_mode = WAL")
    db.pragma(`synchronous = ${durability === "power" ? "FULL" : "NORMAL"}`)
    db.exec(schema)
    this.#db = db
    this.#statements = {
      begin: db.prepare("BEGIN IMMEDIATE"),
      commit: db.prepare("COMMIT"),
      created: db.prepare("INSERT INTO runs VALUES (?, ?, 0)"),
      ended: db.prepare("UPDATE runs SET done = 1 WHERE id = ?"),
      started: db.prepare("INSERT OR REPLACE INTO nodes VALUES (?, ?, 'Running', NULL, ?, NULL)"),
      finished: db.prepare("UPDATE nodes SET status = 'Succeeded', output = ?, finished = ? WHERE run = ? AND node = ?")
    }
  }

  created(run: string, name: string): Effect.Effect<void> {
    return this.#write(this.#statements.created, [run, name])
  }

  ended(run: string): Effect.Effect<void> {
    return this.#write(this.#statements.ended, [run])
  }

  started(run: string, node: number): Effect.Effect<void> {
    return this.#write(this.#statements.started, [run, node, Date.now()])
  }

  finished(run: string, node: number, output: unknown): Effect.Effect<void> {
    return this.#write(this.#statements.finished, [JSON.stringify(output), Date.now(), run, node])
  }

  /** The id of the run of this name that did not end. */
  openRun(name: string): string {
    return this.#db.prepare("SELECT id FROM runs WHERE name = ? AND done = 0").pluck().get(name) as string
  }

  finishedNodes(run: string): ReadonlyArray<FinishedNode> {
    const query = "SELECT node, output FROM nodes WHERE run = ? AND status = 'Succeeded'"
    return this.#db.prepare(query).all(run) as Array<FinishedNode>
  }

  close(): void {
    this.#db.close()
  }

  #write(statement: Sqlite.Statement, values: ReadonlyArray<unknown>): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#queue.push({ statement, values, resume }) === 1) setImmediate(this.#flush)
    })
  }

  readonly #flush = (): void => {
    const group = this.#queue
    this.#queue = []
    this.#statements.begin.run()
    for (const { statement, values } of group) statement.run(...values)
    this.#statements.commit.run()
    for (const { resume } of group) resume(Effect.void)
  }
}
