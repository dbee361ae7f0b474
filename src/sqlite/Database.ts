/**
 * One connection to a SQLite file; the only file that names
 * better-sqlite3, which is loaded when the first connection is opened.
 *
 * Owns: the driver, pragmas, transactions, waiting for locks, turning SQLite's errors into `JournalError`.
 * Does not own: tables (`migrations/`), what is written (`Writer.ts`), when (`openSqlite.ts`).
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import process from "node:process"
import { makePrivateFile } from "../files/mod.ts"
import { JournalError } from "../journal/JournalError.ts"
import { providedDriver } from "./driver.ts"
import { isBusy, storageError } from "./storageError.ts"

/** A prepared statement with positional parameters. */
export interface Statement {
  readonly run: (
    ...values: ReadonlyArray<unknown>
  ) => { readonly changes: number; readonly lastInsertRowid: number | bigint }
  readonly get: (...values: ReadonlyArray<unknown>) => unknown
  readonly all: (...values: ReadonlyArray<unknown>) => Array<unknown>
  readonly pluck: () => Statement
}

interface Connection {
  readonly prepare: (sql: string) => Statement
  readonly exec: (sql: string) => unknown
  readonly close: () => unknown
  readonly inTransaction: boolean
}

interface ConnectionOptions {
  readonly timeout: number
  readonly fileMustExist?: boolean
  readonly readonly?: boolean
}

/**
 * A statement that SQLite compiles when it is first used: most of those that a process knows it never uses, and all of
 * them together took a good part of the time to open a file.
 */
class LazyStatement implements Statement {
  #prepare: (() => Statement) | undefined
  #made: Statement | undefined

  constructor(prepare: () => Statement) {
    this.#prepare = prepare
  }

  run(...values: ReadonlyArray<unknown>): ReturnType<Statement["run"]> {
    return (this.#made ?? this.#make()).run(...values)
  }

  get(...values: ReadonlyArray<unknown>): unknown {
    return (this.#made ?? this.#make()).get(...values)
  }

  all(...values: ReadonlyArray<unknown>): Array<unknown> {
    return (this.#made ?? this.#make()).all(...values)
  }

  pluck(): Statement {
    const prepare = this.#prepare!
    return new LazyStatement(() => prepare().pluck())
  }

  #make(): Statement {
    const made = this.#prepare!()
    this.#prepare = undefined
    this.#made = made
    return made
  }
}

type Driver = new (path: string, options: ConnectionOptions) => Connection

/**
 * Milliseconds that SQLite itself waits for a lock, during which the event loop stands still. Longer waits are divided
 * into many of these, so that a flush can go back to the event loop between them.
 */
const busyTimeout = 10

/** How often a synchronous call waits for a lock before it fails as `Locked`: about one second. */
const patience = 100

let driver: Driver | undefined = undefined

const requireDriver = (): Driver => {
  refuseOldRuntime()
  driver ??= (providedDriver() ?? createRequire(import.meta.url)("better-sqlite3")) as Driver
  return driver
}

/** Refuses Node below 22, where loading the driver would crash the process. */
export const refuseOldRuntime = (versions: Readonly<Record<string, string | undefined>> = process.versions): void => {
  if (versions["bun"] !== undefined || versions["deno"] !== undefined) return
  const node = versions["node"]
  if (node === undefined || Number.parseInt(node, 10) >= 22) return
  throw new JournalError({
    reason: "UnsupportedRuntime",
    message:
      `Cannot open a state file on Node ${node}: the SQLite driver needs Node 22 or later. Run with a newer Node, Bun or Deno.`
  })
}

/** Opens a bare connection that waits for no lock, for lock files. */
export const openConnection = (path: string, options: ConnectionOptions = { timeout: 0 }): Connection => {
  const driver = requireDriver()
  // SQLite gives the files beside it the same mode.
  if (options.readonly !== true && path !== "" && path !== ":memory:") makePrivateFile(path)
  return new driver(path, options)
}

/** What stands where a file is to be made; SQLite would play what is left of the log of another one into it. */
export const takenBy = (path: string): string | undefined =>
  [path, `${path}-wal`, `${path}-journal`].find((file) => existsSync(file))

/** What somebody hears who wants to write where something stands. */
export const takenError = (path: string, taken: string): JournalError => {
  const what = taken === path ? "it exists" : `"${taken}" is left of another file, and would become part of it`
  return new JournalError({
    reason: "Exists",
    message: `Cannot copy to "${path}": ${what}. Name another file, or move it away.`
  })
}

/** How to connect. */
export interface DatabaseOptions {
  /** Nothing is written, not even beside the file. */
  readonly readonly?: boolean
  /** What messages call the file; default its path. */
  readonly name?: string
}

/** A connection to the state file. Every method throws `JournalError`. */
export class Database {
  /** The file as the caller named it, for messages. */
  readonly name: string
  /** Whether it was opened to be read only. */
  readonly isReadOnly: boolean
  readonly #connection: Connection
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #rollback: Statement

  constructor(path: string, { name = path, readonly = false }: DatabaseOptions = {}) {
    this.name = name
    this.isReadOnly = readonly
    this.#connection = this.#mapped("open", () => openConnection(path, { timeout: busyTimeout, readonly }))
    this.#begin = this.#connection.prepare("BEGIN IMMEDIATE")
    this.#commit = this.#connection.prepare("COMMIT")
    this.#rollback = this.#connection.prepare("ROLLBACK")
  }

  /** A statement, compiled when it is first used. */
  prepare(sql: string): Statement {
    return new LazyStatement(() => this.#connection.prepare(sql))
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    this.read(() => this.#connection.exec(sql))
  }

  /** The single value of a query such as a pragma. */
  value(sql: string): unknown {
    return this.read(() => this.#connection.prepare(sql).pluck().get())
  }

  /** Reads, waiting up to a second where another process recovers the file. */
  read<A>(body: () => A): A {
    for (let tries = 1;; tries++) {
      try {
        return body()
      } catch (error) {
        if (!isBusy(error) || tries >= patience) throw storageError(error, this.name, "read")
      }
    }
  }

  /** Reads several times from one state of the file. */
  snapshot<A>(body: () => A): A {
    return this.read(() => {
      this.#connection.exec("BEGIN")
      try {
        return body()
      } finally {
        this.#undo()
      }
    })
  }

  /** Runs `body` in one write transaction, waiting for other writers, by default a second; undoes it on errors. */
  transact<A>(body: () => A, most = patience): A {
    for (let tries = 1;; tries++) {
      try {
        return this.transactNow(body)
      } catch (error) {
        if (!(error instanceof JournalError && error.reason === "Locked") || tries >= most) throw error
      }
    }
  }

  /**
   * Runs `body` in one write transaction; throws `Locked` when another process writes for more than a few milliseconds.
   */
  transactNow<A>(body: () => A): A {
    try {
      this.#begin.run()
      const result = body()
      this.#commit.run()
      return result
    } catch (error) {
      this.#undo()
      throw storageError(error, this.name, "write")
    }
  }

  /** Throws `Exists` when the target of a copy is there. */
  refuseTaken(path: string): void {
    const taken = takenBy(path)
    if (taken !== undefined) throw takenError(path, taken)
  }

  /** Writes a consistent copy into a file that is empty or not there. */
  copyTo(path: string): void {
    this.read(() => this.#connection.prepare("VACUUM INTO ?").run(path))
  }

  /** Closes the connection; a second call does nothing. */
  close(): void {
    this.#mapped("close", () => this.#connection.close())
  }

  #undo(): void {
    try {
      if (this.#connection.inTransaction) this.#rollback.run()
    } catch {
      // The error that led here is the one to tell; SQLite rolls back what is left when the connection closes.
    }
  }

  #mapped<A>(action: string, body: () => A): A {
    try {
      return body()
    } catch (error) {
      throw storageError(error, this.name, action)
    }
  }
}
