/**
 * A journal on a SQLite file that any number of processes share.
 *
 * Owns: how queue, tables, ownership and doorbell work together.
 * Does not own: tables (`Writer.ts`, `Reader.ts`), who is alive (`Owners.ts`), sockets (`Doorbell.ts`).
 */
import { GroupCommit } from "../journal/GroupCommit.ts"
import type { ArtifactNames, ArtifactReadsNow } from "../journal/ArtifactRows.ts"
import type { ClaimOptions, JournalShape } from "../journal/Journal.ts"
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import { JournalError } from "../journal/JournalError.ts"
import { Listeners } from "../journal/Listeners.ts"
import { answered, answering, type ClaimsNow, closing, type ReadsNow } from "../journal/Reads.ts"
import { closedError, unknownRunError } from "../journal/refusals.ts"
import { creatorOf, runKey } from "../journal/runKey.ts"
import { Artifacts } from "./artifacts/Artifacts.ts"
import type { Database } from "./Database.ts"
import { Deletions } from "./Deletions.ts"
import { listen } from "./listen.ts"
import type { Owners } from "./Owners.ts"
import type { Permits } from "./permits/Permits.ts"
import type { Refill } from "./permits/Settlement.ts"
import { Reader, rowsOf } from "./Reader.ts"
import type { SameFile } from "./SameFile.ts"
import type { WriteAheadLog } from "./WriteAheadLog.ts"
import { Writer } from "./Writer.ts"

/** What a journal is made of; `log` and `same` are absent for a database in memory. */
export interface FileJournalParts {
  readonly db: Database
  readonly owners: Owners
  readonly permits: Permits
  readonly log: WriteAheadLog | undefined
  readonly same: SameFile | undefined
  readonly turn: (run: () => void) => void
  readonly tries: number | undefined
}

/** One process's journal. */
export class FileJournal {
  readonly #db: Database
  readonly #owners: Owners
  readonly #permits: Permits
  readonly #log: WriteAheadLog | undefined
  readonly #same: SameFile | undefined
  readonly #turn: (run: () => void) => void
  readonly #artifacts: Artifacts
  readonly #deletions: Deletions
  readonly #writer: Writer
  readonly #reader: Reader
  readonly #commits: GroupCommit
  readonly #listeners = new Listeners()
  readonly #bell: ReturnType<typeof listen>
  #keys = 0
  /** Grants up to this number have been told, or are not this process's. */
  #told = 0
  /** Grants were made here that are still to be told. */
  #hasNews = false
  /** Instants of rates this process waits for that are still to be told. */
  readonly #refills: Array<Refill> = []
  #isSweeping = false
  /** Who waits until it is over. */
  #awaitingSweep: Array<() => void> = []
  #isClosed = false

  constructor({ db, owners, permits, log, same, turn, tries }: FileJournalParts) {
    this.#db = db
    this.#owners = owners
    this.#permits = permits
    this.#log = log
    this.#same = same
    this.#turn = turn
    this.#artifacts = new Artifacts(db, owners.self)
    this.#deletions = new Deletions(db)
    this.#writer = new Writer(db, permits, this.#artifacts, this.#deletions)
    this.#reader = new Reader(db)
    this.#commits = new GroupCommit({
      turn,
      later: (run, millis) => setTimeout(run, millis),
      elapsed: () => performance.now(),
      commit: (group, isPatient) => {
        this.#transact(isPatient, () => this.#writer.apply(group))
        this.#writer.committed()
        this.#ring()
        this.#sweep()
        log?.committed()
      },
      committed: (runs) => this.#committed(runs),
      failed: (error) => {
        if (!this.#isClosed) this.#listeners.tell({ type: "lost", error })
      },
      tries
    })
    this.#bell = listen(owners, {
      tell: (notice) => this.#listeners.tell(notice),
      granted: () => this.#knocked(),
      died: (process) => this.#died(process)
    })
    this.#ring()
    this.#sweep()
  }

  /** The journal as the engine sees it. */
  shape(): JournalShape {
    const { file, isClean, nextId, whenMarked, ...artifacts } = this.#artifactRows()
    return {
      process: this.#owners.self,
      nextKey: () => runKey(this.#owners.self, ++this.#keys),
      append: (writes, done) => this.#commits.append(writes, done),
      drained: answered(() => this.#commits.flush()),
      ...answering({ reads: this.#reads(), claims: this.#claims(), artifacts }),
      artifacts: { file, isClean, nextId, whenMarked },
      subscribe: (listener) => this.#listeners.add(listener),
      watch: () => this.#bell?.watch() ?? (() => {}),
      ...closing(() => this.#close())
    }
  }

  #reads(): ReadsNow {
    return {
      ...rowsOf(() => this.#reader),
      isAlive: (process) => this.#owners.isAlive(process),
      inbox: () => this.#reader.inbox(this.#owners.self),
      expired: (now, limit) => this.#reader.expired(now, limit),
      nextExpiry: () => this.#reader.nextExpiry()
    }
  }

  #claims(): ClaimsNow {
    return {
      claim: (options) => this.#claim(options),
      release: (runs) => this.#release(runs),
      offer: (runs) => this.#offer(runs),
      send: (run, verb, args) => this.#send(run, verb, args),
      break: (run, path) => this.#break(run, path)
    }
  }

  #artifactRows(): Required<ArtifactNames> & ArtifactReadsNow {
    const artifacts = this.#artifacts
    return {
      file: artifacts.file(),
      nextId: () => artifacts.nextId(),
      isClean: () => artifacts.isClean,
      whenMarked: (then) => this.#whenSwept(then),
      get: (artifact) => artifacts.get(artifact),
      list: (filter) => artifacts.list(filter),
      collectable: (now, stores, limit) => artifacts.collectable(now, stores, limit),
      collect: (now, stores, limit) => this.#collect(now, stores, limit),
      totals: (now, stores) => artifacts.totals(now, stores),
      places: () => artifacts.places(),
      nextDeletion: (stores) => artifacts.nextDeletion(stores),
      held: () => artifacts.held(),
      named: (store, keys) => artifacts.named(store, keys)
    }
  }

  #collect(now: number, stores: ReadonlyArray<string>, limit: number): ReadonlyArray<ArtifactRow> {
    this.#commits.flush()
    // Mostly there is nothing to do, and then nothing is written.
    if (this.#artifacts.collectable(now, stores, 1).length === 0) return []
    let rows: ReadonlyArray<ArtifactRow> = []
    this.#transact(true, () => {
      rows = this.#artifacts.collect(now, stores, limit)
    })
    return rows
  }

  #transact(isPatient: boolean, write: () => void): void {
    this.#same?.check()
    const checked = (): void => {
      this.#owners.check()
      write()
    }
    if (isPatient) this.#db.transact(checked)
    else this.#db.transactNow(checked)
  }

  #committed(runs: ReadonlySet<number>): void {
    this.#bell?.committed()
    this.#listeners.tell({ type: "committed", runs })
    if (this.#hasNews) this.#tellGrants()
  }

  #claim(options: ClaimOptions) {
    this.#commits.flush()
    const rows = this.#owners.claim(options)
    const keys = rows.map((row) => row.key)
    this.#commits.forgive(keys)
    this.#writer.forget(keys)
    this.#granted()
    this.#announce(keys)
    return rows
  }

  #release(runs: ReadonlyArray<number>): void {
    this.#commits.flush()
    this.#writer.forget(runs)
    const released = this.#owners.release(runs)
    this.#granted()
    this.#announce(released)
  }

  #offer(runs: ReadonlyArray<number>): void {
    this.#release(runs)
    for (const process of this.#owners.others()) this.#bell?.knock(process, "freed")
  }

  #break(run: number, path: string): boolean {
    this.#commits.flush()
    let isHeld = false
    this.#transact(true, () => {
      isHeld = this.#permits.break(run, path)
      this.#permits.settle()
    })
    this.#granted()
    return isHeld
  }

  #died(process: number): void {
    try {
      if (this.#permits.areAny()) this.#owners.reap()
      this.#granted()
      this.#deletions.look()
      this.#sweep()
    } catch {
      // The file cannot be written just now: whoever claims the runs
      // of the dead, or opens the file, will see to what they left.
    }
    this.#listeners.tell({ type: "died", process })
  }

  /** Wakes the processes whose runs were just granted permits. */
  #ring(): void {
    const refills = this.#permits.takeRefills()
    const granted = this.#permits.takeGranted()
    if (refills.length + granted.size === 0) return
    const owners = new Set([...granted, ...refills.map(({ owner }) => owner)])
    for (const owner of owners) {
      if (owner === this.#owners.self) this.#hasNews = true
      else this.#bell?.knock(owner, "granted")
    }
    this.#refills.push(...refills.filter(({ owner }) => owner === this.#owners.self))
  }

  /** What is left of deleted runs goes in groups of its own, between which others have their turn. */
  #sweep(): void {
    if (this.#isSweeping || !this.#deletions.isAnyLeft) return
    this.#isSweeping = true
    this.#later(() => {
      this.#commits.append([{ kind: "sweep" }], (error) => {
        this.#isSweeping = false
        // What failed once is not tried again by itself: the next group that is stored goes on.
        if (error === undefined) this.#sweep()
        if (!this.#isSweeping) this.#swept()
      })
    })
  }

  #whenSwept(then: () => void): void {
    if (this.#isSweeping) this.#awaitingSweep.push(then)
    else then()
  }

  #swept(): void {
    for (const tell of this.#awaitingSweep.splice(0)) tell()
  }

  #granted(): void {
    this.#ring()
    if (this.#hasNews) this.#later(() => this.#tellGrants())
  }

  #tellGrants(): void {
    this.#hasNews = false
    for (const { run, path, granted } of this.#permits.grants(this.#owners.self, this.#told)) {
      if (this.#isClosed) return
      this.#told = Math.max(this.#told, granted)
      this.#listeners.tell({ type: "granted", run, path })
    }
    for (const { at, name } of this.#refills.splice(0)) {
      if (!this.#isClosed) this.#listeners.tell({ type: "refill", name, at })
    }
  }

  /** Another process says that something was granted to this one, or can be at an instant. */
  #knocked(): void {
    this.#refills.push(...this.#permits.refills().filter(({ owner }) => owner === this.#owners.self))
    this.#tellGrants()
  }

  #announce(runs: ReadonlyArray<number>): void {
    if (runs.length > 0) this.#later(() => this.#committed(new Set(runs)))
  }

  #send(run: number, verb: string, args: string): number {
    if (this.#commits.failure !== undefined) throw this.#commits.failure
    const self = this.#owners.self
    // A run this process has just created may still be on its way to the file.
    if (this.#reader.owner(run) === undefined && creatorOf(run) !== self) throw unknownRunError(String(run))
    const insert = this.#db.prepare("INSERT INTO commands (run, verb, args) VALUES (?, ?, ?)")
    const id = this.#db.transact(() => Number(insert.run(run, verb, args).lastInsertRowid))
    // Asked after the command is stored: a process that takes the run over later finds it in the inbox.
    const owner = this.#reader.owner(run)
    if (owner === self || owner === undefined) this.#later(() => this.#listeners.tell({ type: "commands" }))
    else if (owner !== null) this.#bell?.knock(owner, "commands")
    return id
  }

  #later(run: () => void): void {
    this.#turn(() => {
      if (!this.#isClosed) run()
    })
  }

  #close(): void {
    if (this.#isClosed) return
    this.#drain()
    this.#isClosed = true
    this.#swept()
    try {
      this.#owners.leave()
      this.#ring()
      this.#log?.empty()
    } catch {
      // The file can no longer be written. The lock is given back
      // all the same, so that others see this process as ended.
      this.#owners.unlock()
    }
    this.#bell?.close()
    this.#same?.close()
    this.#db.close()
  }

  #drain(): void {
    let cause = closedError()
    try {
      this.#commits.flush()
    } catch (error) {
      if (error instanceof JournalError) cause = error
    }
    this.#commits.fail(closedError(), cause)
  }
}
