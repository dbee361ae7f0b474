/**
 * Which processes have the state file open, and which of them are alive.
 *
 * Owns: the rows of `processes`, the lock files, the columns `runs.owner`.
 * Does not own: how processes are woken (`Doorbell.ts`).
 *
 * Invariants
 * - A row is visible only while its process holds its lock, or after it died.
 * - To fence a process is to delete its row; numbers are never used again, so a fenced process stays fenced (J3).
 * - Rows of the dead are deleted in the transaction that gives their runs away, or their permits.
 */
import { mkdirSync, rmdirSync, rmSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { ClaimOptions } from "../journal/Journal.ts"
import { fencedError } from "../journal/refusals.ts"
import type { RunRow } from "../run/State.ts"
import { bellAddress, isFileAddress } from "./bellAddress.ts"
import type { Database, Statement } from "./Database.ts"
import { isLocked, takeLock } from "./OwnerLock.ts"
import type { Permits } from "./permits/Permits.ts"
import { decodeRun } from "./Reader.ts"
import { share } from "./sharing.ts"

const open = "phase IN ('Pending', 'Running')"

/**
 * Takes the open runs that fit. The index is named, since SQLite would rather go through all runs of a workflow: nobody
 * has told it how many of them have ended.
 */
export const claiming = (terms: ReadonlyArray<string>): string =>
  `UPDATE runs INDEXED BY runs_open SET owner = ? WHERE ${[open, ...terms].join(" AND ")} RETURNING *`

/** Gives the open runs of a process back. */
export const leaving = `UPDATE runs INDEXED BY runs_open SET owner = NULL WHERE owner = ? AND ${open}`

/** The processes of one state file, seen from one of them. */
export class Owners {
  /** This process's number. */
  readonly self: number
  /** Where this process listens for others; `null` for a database in memory. */
  readonly address: string | null
  /** The other users who open the file. */
  readonly group: number | undefined
  readonly #db: Database
  readonly #permits: Permits
  readonly #directory: string | null
  readonly #alive: Statement
  readonly #ids: Statement
  readonly #remove: Statement
  /** Runs that were claimed by their key: these may have ended. */
  readonly #claimed = new Set<number>()
  #unlock: (() => void) | undefined = undefined

  /**
   * Registers this process. `file` is the canonical path of the state file, or
   * `null` for a database in memory; `group` are other users who open it too.
   */
  constructor(db: Database, file: string | null, permits: Permits, group?: number) {
    this.group = group
    if (file !== null) share(group, file, `${file}-wal`, `${file}-shm`)
    this.#db = db
    this.#permits = permits
    this.#directory = file === null ? null : `${file}-owners`
    this.#alive = db.prepare("SELECT 1 FROM processes WHERE id = ?")
    this.#ids = db.prepare("SELECT id FROM processes WHERE id <> ?").pluck()
    this.#remove = db.prepare("DELETE FROM processes WHERE id = ?")
    try {
      this.self = db.transact(() => this.#register())
    } catch (error) {
      this.#unlock?.()
      throw error
    }
    this.address = this.#directory === null ? null : bellAddress(this.#directory, this.self)
  }

  /** Throws `Fenced` when this process was declared dead; call it inside the transaction that writes. */
  check(): void {
    if (this.#alive.get(this.self) === undefined) throw fencedError(this.self)
  }

  /** Whether a process is registered and holds its lock. */
  isAlive(id: number): boolean {
    if (this.#db.read(() => this.#alive.get(id)) === undefined) return false
    return id === this.self || this.#isLocked(id)
  }

  /** The other registered processes. */
  others(): ReadonlyArray<number> {
    return this.#db.read(() => this.#ids.all(this.self)) as Array<number>
  }

  /** Where another process listens; `undefined` when it is not registered or has no address. */
  addressOf(id: number): string | undefined {
    const bell = this.#db.value(`SELECT bell FROM processes WHERE id = ${id}`) as string | null | undefined
    if (bell === null || bell === undefined || this.#directory === null) return undefined
    return isFileAddress(bell) ? join(this.#directory, bell) : bell
  }

  /** Takes over the runs that fit; fences the processes found dead in the same transaction. Oldest first. */
  claim({ kinds = [], run, workflows }: ClaimOptions): ReadonlyArray<RunRow> {
    const orKept = kinds.length === 0 ? "" : "OR definition IS NOT NULL AND kind IN (SELECT value FROM json_each(?))"
    const terms = [
      run === undefined ? "" : "key = ?",
      workflows === undefined ? "" : `(workflow IN (SELECT value FROM json_each(?)) ${orKept})`,
      run === undefined && workflows === undefined ? "owner IS NOT NULL" : "",
      "(owner IS NULL OR owner NOT IN (SELECT id FROM processes))"
    ].filter((term) => term !== "")
    const sql = run === undefined
      ? claiming(terms)
      : `UPDATE runs SET owner = ? WHERE ${terms.join(" AND ")} RETURNING *`
    const update = this.#db.prepare(sql)
    const names = workflows === undefined
      ? []
      : [JSON.stringify(workflows), ...kinds.length === 0 ? [] : [JSON.stringify(kinds)]]
    const values = [...run === undefined ? [] : [run], ...names]
    const rows = this.#db.transact(() => {
      this.check()
      this.#fenceDead()
      this.#permits.orphan()
      const claimed = update.all(this.self, ...values)
      if (run !== undefined) this.#claimed.add(run)
      this.#permits.adopt(claimed.map((row) => (row as RunRow).key))
      this.#permits.settle()
      return claimed
    })
    return rows.map(decodeRun).sort((a, b) => a.createdAt - b.createdAt || a.key - b.key)
  }

  /** Gives runs back; returns those that were this process's. */
  release(runs: ReadonlyArray<number>): ReadonlyArray<number> {
    const update = this.#db.prepare("UPDATE runs SET owner = NULL WHERE key = ? AND owner = ?")
    return this.#db.transact(() => {
      this.check()
      const released = runs.filter((run) => update.run(run, this.self).changes > 0)
      for (const run of released) this.#claimed.delete(run)
      this.#permits.orphan()
      this.#permits.settle()
      return released
    })
  }

  /** Fences the processes found dead, so that others get the permits of their runs at once. */
  reap(): void {
    this.#db.transact(() => {
      this.check()
      this.#fenceDead()
      this.#permits.orphan()
      this.#permits.settle()
    })
  }

  /** Gives all runs back, removes this process and its files. */
  leave(): void {
    this.#db.transact(() => {
      this.#db.prepare(leaving).run(this.self)
      const claimed = this.#db.prepare("UPDATE runs SET owner = NULL WHERE owner = ? AND key = ?")
      for (const run of this.#claimed) claimed.run(this.self, run)
      this.#remove.run(this.self)
      this.#permits.orphan()
      this.#permits.settle()
      this.unlock()
      this.#removeFiles(this.self)
      this.#removeDirectory()
    })
  }

  /** Gives only the lock back, when the file can no longer be written. */
  unlock(): void {
    this.#unlock?.()
    this.#unlock = undefined
  }

  #register(): number {
    this.#fenceDead()
    this.#permits.orphan()
    this.#permits.settle()
    const insert = this.#db.prepare(
      "INSERT INTO processes (pid, host, openedAt) VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER))"
    )
    const id = Number(insert.run(process.pid, hostname()).lastInsertRowid)
    if (this.#directory === null) return id
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    share(this.group, this.#directory)
    this.#unlock = takeLock(this.#lockPath(id))
    share(this.group, this.#lockPath(id))
    const bell = bellAddress(this.#directory, id)
    const stored = bell.startsWith(this.#directory) ? bell.slice(this.#directory.length + 1) : bell
    this.#db.prepare("UPDATE processes SET bell = ? WHERE id = ?").run(stored, id)
    return id
  }

  #fenceDead(): void {
    for (const id of this.#ids.all(this.self ?? 0) as Array<number>) {
      if (this.#isLocked(id)) continue
      this.#remove.run(id)
      this.#removeFiles(id)
    }
  }

  #isLocked(id: number): boolean {
    return this.#directory !== null && isLocked(this.#lockPath(id))
  }

  #lockPath(id: number): string {
    return join(this.#directory!, `${id}.lock`)
  }

  #removeFiles(id: number): void {
    if (this.#directory === null) return
    rmSync(this.#lockPath(id), { force: true })
    const address = bellAddress(this.#directory, id)
    if (!address.startsWith("\\\\")) rmSync(address, { force: true })
  }

  // Only inside the write transaction: a process that opens the file makes the directory in one of its own.
  #removeDirectory(): void {
    if (this.#directory === null) return
    try {
      rmdirSync(this.#directory)
    } catch {
      // Others still use it.
    }
  }
}
