/**
 * A journal on a state file that can only be read: it registers nowhere, takes nothing over, and refuses all writes.
 *
 * Owns: the connection, which it replaces when a copy is out of date;
 * the watch on the file's directory. Does not own: how a file is opened.
 */
import { type FSWatcher, watch } from "node:fs"
import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import type { ArtifactNames, ArtifactReadsNow } from "../../journal/ArtifactRows.ts"
import type { JournalShape } from "../../journal/Journal.ts"
import { JournalError } from "../../journal/JournalError.ts"
import { Listeners } from "../../journal/Listeners.ts"
import { answered, answering, type ClaimsNow, closing, type ReadsNow } from "../../journal/Reads.ts"
import { closedError } from "../../journal/refusals.ts"
import { Artifacts } from "../artifacts/Artifacts.ts"
import { writeCopy } from "../copy.ts"
import { isLocked } from "../OwnerLock.ts"
import { Reader, rowsOf } from "../Reader.ts"
import { canonical, type FileView, openView } from "./FileView.ts"

/**
 * How long after a write one looks again, in milliseconds: a commit
 * is readable within the first, unless its process is held up.
 */
const lookAgain = [20, 200, 2_000, 20_000]
/** The number of a process that is not registered. */
const nobody = 0

/** A state file as one who may not write it sees it. */
export class ViewJournal {
  readonly #name: string
  readonly #path: string
  readonly #turn: (run: () => void) => void
  readonly #listeners = new Listeners()
  readonly #watchers = new Set<FSWatcher>()
  #view: FileView
  #reader: Reader
  #artifacts: Artifacts
  readonly #again: Array<ReturnType<typeof setTimeout>> = []
  #isDue = false
  #isClosed = false

  constructor(name: string, turn: (run: () => void) => void) {
    this.#name = name
    this.#path = canonical(name)
    this.#turn = turn
    this.#view = openView(name)
    this.#reader = new Reader(this.#view.db)
    this.#artifacts = new Artifacts(this.#view.db, nobody)
  }

  /** The journal as the engine sees it. */
  shape(): JournalShape {
    const { file, nextId, ...artifacts } = this.#artifactRows()
    return {
      process: nobody,
      nextKey: () => this.#refuse(),
      append: (_, done) => this.#turn(() => done?.(this.#isClosed ? closedError() : this.#refusal())),
      drained: Effect.void,
      ...answering({ reads: this.#reads(), claims: this.#claims(), artifacts }),
      artifacts: { file, nextId },
      subscribe: (listener) => this.#listeners.add(listener),
      watch: () => this.#watch(),
      ...closing(() => this.#close()),
      copy: (path) => answered(() => writeCopy(this.#view.db, path))
    }
  }

  #reads(): ReadsNow {
    return {
      ...rowsOf(() => this.#reader),
      isAlive: (process) => this.#isAlive(process),
      inbox: () => [],
      expired: () => [],
      nextExpiry: () => undefined
    }
  }

  #claims(): ClaimsNow {
    return {
      claim: () => [],
      release: () => {},
      offer: () => {},
      send: () => this.#refuse(),
      break: () => this.#refuse()
    }
  }

  #artifactRows(): ArtifactNames & ArtifactReadsNow {
    return {
      file: this.#artifacts.file(),
      nextId: () => this.#refuse(),
      get: (artifact) => this.#artifacts.get(artifact),
      list: (filter) => this.#artifacts.list(filter),
      collectable: () => [],
      collect: () => [],
      totals: (now, stores) => this.#artifacts.totals(now, stores),
      places: () => [],
      nextDeletion: () => undefined,
      held: () => this.#artifacts.held(),
      named: (store, keys) => this.#artifacts.named(store, keys)
    }
  }

  /** Whoever executes runs holds a lock beside the file, also where that cannot be written from here. */
  #isAlive(process: number): boolean {
    const row = this.#view.db.value(`SELECT 1 FROM processes WHERE id = ${process}`)
    return row !== undefined && isLocked(join(`${this.#path}-owners`, `${process}.lock`))
  }

  /** Nobody tells one who is not registered of commits; the system tells of files that are written. */
  #watch(): () => void {
    const watcher = this.#watchDirectory()
    // A directory that cannot be watched any more is as one in which nothing happens.
    watcher.on("error", () => {})
    this.#watchers.add(watcher)
    // What was written before the watch began is told as well.
    this.#wake()
    return () => {
      this.#watchers.delete(watcher)
      watcher.close()
    }
  }

  #watchDirectory(): FSWatcher {
    const directory = dirname(this.#path)
    try {
      return watch(directory, { persistent: false }, (_, file) => {
        if (file === null || file.startsWith(basename(this.#path))) this.#written()
      })
    } catch (error) {
      throw new JournalError({
        reason: "Io",
        message:
          `Cannot follow what is written to state file "${this.#name}": its directory "${directory}" cannot be watched ` +
          `(${(error as Error).message}). Let this user read the directory, or ask again instead of waiting.`
      })
    }
  }

  /**
   * A commit can be read a moment after its bytes are in the log, and of that moment nobody tells: so one looks again.
   */
  #written(): void {
    this.#wake()
    for (const timer of this.#again.splice(0)) clearTimeout(timer)
    this.#again.push(...lookAgain.map((millis) => setTimeout(() => this.#wake(), millis)))
  }

  #wake(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#turn(() => {
      this.#isDue = false
      if (this.#isClosed) return
      if (this.#view.isStale()) this.#renew()
      this.#listeners.tell({ type: "foreign" })
    })
  }

  /** What is being written just now is read at the next change. */
  #renew(): void {
    try {
      const view = openView(this.#name)
      this.#view.close()
      this.#view = view
      this.#reader = new Reader(view.db)
      this.#artifacts = new Artifacts(view.db, nobody)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
    }
  }

  #refusal(): JournalError {
    return new JournalError({
      reason: "Unwritable",
      message: `Cannot write state file "${this.#name}": it was opened to be read only. ` +
        "Open it as a user who may write the file and its directory."
    })
  }

  #refuse(): never {
    throw this.#refusal()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const watcher of this.#watchers) watcher.close()
    for (const timer of this.#again) clearTimeout(timer)
    this.#view.close()
  }
}
