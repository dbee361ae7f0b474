/**
 * Puts writes into tables, with one prepared statement per kind.
 *
 * Does not own: transactions (it must be called inside one), the rows of runs, events and nodes, which are written
 * together at the end of a group (`RunRows.ts`, `GroupRows.ts`).
 */
import type { Append } from "../journal/Append.ts"
import type { LogLine, Write } from "../journal/Journal.ts"
import { existsError } from "../journal/refusals.ts"
import { isTerminal } from "../run/Phase.ts"
import type { Database, Statement } from "./Database.ts"
import type { Artifacts } from "./artifacts/Artifacts.ts"
import type { Deletions } from "./Deletions.ts"
import { Cells } from "./Cells.ts"
import { Memos } from "./Memos.ts"
import { GroupRows } from "./GroupRows.ts"
import type { Permits } from "./permits/Permits.ts"
import { RunRows } from "./RunRows.ts"

/** Kinds of writes that look at no row of a run. */
type Plain =
  | "event"
  | "run"
  | "create"
  | "node"
  | "log"
  | "plan"
  | "definition"
  | "answer"
  | "cell"
  | "memo"
  | "memoUsed"
  | "forget"
  | "evict"

const insert = (table: string, columns: ReadonlyArray<string>, verb = "INSERT"): string =>
  `${verb} INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`

/** Prepared statements for every kind of write. */
export class Writer {
  readonly #runs: RunRows
  readonly #rows: GroupRows
  readonly #log: Statement
  readonly #plan: Statement
  readonly #definition: Statement
  readonly #memos: Memos
  readonly #cells: Cells
  readonly #answer: Statement
  readonly #deletable: Statement
  readonly #deletions: Deletions
  readonly #permits: Permits
  readonly #artifacts: Artifacts

  constructor(db: Database, permits: Permits, artifacts: Artifacts, deletions: Deletions) {
    this.#deletions = deletions
    this.#permits = permits
    this.#artifacts = artifacts
    this.#runs = new RunRows(db)
    this.#rows = new GroupRows(db)
    this.#log = db.prepare(insert("logs", ["run", "path", "attempt", "at", "level", "text", "data"]))
    this.#plan = db.prepare(insert("plans", ["digest", "workflow", "json"], "INSERT OR IGNORE"))
    this.#definition = db.prepare(insert("definitions", ["digest", "text"], "INSERT OR IGNORE"))
    this.#memos = new Memos(db)
    this.#cells = new Cells(db)
    this.#deletable = db.prepare(
      `SELECT 1 FROM runs WHERE key = ? AND phase NOT IN ('Pending', 'Running')
       AND (owner IS NULL OR owner NOT IN (SELECT id FROM processes)) AND deleteAt BETWEEN ? AND ?`
    )
    this.#answer = db.prepare("UPDATE commands SET answer = ? WHERE id = ? AND answer IS NULL")
  }

  /** Writes a group; an append that creates a run whose id exists is left out whole and gets its error. */
  apply(group: ReadonlyArray<Append>): void {
    this.#runs.begin()
    this.#rows.begin()
    this.#deletions.begin()
    this.#permits.begin()
    this.#artifacts.begin()
    for (const append of group) {
      if (!this.#refuses(append)) { for (const write of append.writes) this.#write(write) }
    }
    this.#runs.write()
    this.#rows.write()
    this.#permits.settle()
    this.#artifacts.settle()
  }

  /** What was applied is committed. */
  committed(): void {
    this.#runs.committed()
    this.#deletions.committed()
  }

  /** Others may write these runs from now on, or have written them. */
  forget(runs: ReadonlyArray<number>): void {
    this.#runs.forget(runs)
  }

  #refuses(append: Append): boolean {
    let ids: Set<string> | undefined = undefined
    let hasCells = false
    for (const write of append.writes) {
      if (write.kind === "cell") hasCells = true
      if (write.kind !== "create") continue
      const { id } = write.row
      if (ids?.has(id) === true || this.#runs.isTaken(id)) {
        append.error = existsError(id)
        return true
      }
      ids ??= new Set<string>()
      ids.add(id)
    }
    // Also where there are none: a group that failed as a whole is tried again.
    append.error = hasCells ? this.#cells.refuses(append.writes) : undefined
    return append.error !== undefined
  }

  #write(write: Write): void {
    switch (write.kind) {
      case "event":
        return this.#rows.event(write.row)
      case "node":
        return this.#rows.node(write.row)
      case "run":
        this.#runs.change(write.row)
        this.#artifacts.ofRun(write.row)
        if (isTerminal(write.row.phase)) this.#permits.drop(write.row.key)
        return
      case "create":
        return this.#runs.create(write.row)
      case "log":
        return this.#writeLog(write.row)
      case "plan":
        this.#plan.run(write.digest, write.workflow, write.json)
        return
      case "definition":
        this.#definition.run(write.digest, write.text)
        return
      case "memo":
      case "memoUsed":
      case "forget":
      case "evict":
        return this.#memos.write(write)
      case "cell":
        return this.#cells.write(write)
      case "answer":
        this.#answer.run(write.answer, write.command)
        return
      default:
        return this.#writeBesideRuns(write)
    }
  }

  /** What may look at the rows of runs. */
  #writeBesideRuns(write: Exclude<Write, { readonly kind: Plain }>): void {
    this.#runs.write()
    switch (write.kind) {
      case "delete":
        if (!this.#mayDelete(write)) return
        this.#rows.write()
        this.#permits.drop(write.run)
        this.#artifacts.left()
        this.#runs.forget([write.run])
        return this.#deletions.remove(write.run)
      case "sweep":
        this.#artifacts.left()
        return this.#deletions.sweep()
      case "request":
        return this.#permits.request(write.row, write.at)
      case "release":
        return this.#permits.release(write.run, write.path)
      case "semaphore":
        return this.#permits.limit(write.row, write.initial)
      case "refill":
        return this.#permits.refill(write.name)
      default:
        return this.#artifacts.write(write)
    }
  }

  #mayDelete({ ifEnded, ifExpiredAt, run }: Extract<Write, { readonly kind: "delete" }>): boolean {
    if (ifEnded === undefined && ifExpiredAt === undefined) return true
    return this.#deletable.get(run, ifExpiredAt === undefined ? 0 : 1, ifExpiredAt ?? Number.MAX_SAFE_INTEGER) !==
      undefined
  }

  #writeLog({ run, path, attempt, at, data, level, text }: LogLine): void {
    this.#log.run(run, path, attempt, at, level, text, data ?? null)
  }
}
