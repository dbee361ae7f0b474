/**
 * A journal in memory: the same contract as the file, on a `Disk` that outlives its processes. Everything is
 * synchronous and deterministic; the only asynchrony is the `turn` each process was opened with.
 */
import { claimRuns, countRuns, Disk, expiredRuns, findRun, instantOf, listRuns } from "./Disk.ts"
import { eventsOf, logReadsOf, nodesOf, nodesWithin, readEvents } from "./diskReads.ts"
import type { Fault, Member } from "./Disk.ts"
import { GroupCommit } from "./GroupCommit.ts"
import type { Append } from "./Append.ts"
import type { ArtifactNames, ArtifactReadsNow } from "./ArtifactRows.ts"
import type { ClaimOptions, Command, JournalShape, OwnedPermit, RunQuery } from "./Journal.ts"
import { JournalError } from "./JournalError.ts"
import { MemoryNotices } from "./MemoryNotices.ts"
import { creatorOf, runKey } from "./runKey.ts"
import { answered, answering, type ClaimsNow, closing, type ReadsNow } from "./Reads.ts"
import { closedError, fencedError, invalidError, unknownRunError } from "./refusals.ts"

/** A new, empty disk. */
export const makeDisk = (): Disk => new Disk()

const processes = new WeakMap<JournalShape, MemoryProcess>()

/** Opens a journal on a disk as a new process; `turn` says when queued writes are committed and notices given. */
export const openMemory = (disk: Disk, turn: (run: () => void) => void): JournalShape => {
  const process = new MemoryProcess(disk, turn)
  const journal = shape(process)
  processes.set(journal, process)
  return journal
}

/**
 * Ends a process as SIGKILL does: its queued writes are lost, it calls nobody back, and the others hear that it died.
 */
export const kill = (journal: JournalShape): void => processes.get(journal)?.kill()

/**
 * Declares a process dead while it still runs, as happens to one whose lock
 * was lost; it can no longer commit, and the others hear that it died. It
 * hears of it by its next commit, or at once where it is `told`.
 */
export const fence = (journal: JournalShape, told = false): void => processes.get(journal)?.fence(told)

const shape = (self: MemoryProcess): JournalShape => {
  const { file, isClean, nextId, ...artifacts } = self.artifacts()
  return {
    process: self.id,
    nextKey: () => self.nextKey(),
    append: (writes, done) => self.commits.append(writes, done),
    drained: answered(() => self.commits.flush()),
    ...answering({ reads: readsOf(self), claims: claimsOf(self), artifacts }),
    artifacts: { file, isClean, nextId },
    subscribe: (listener) => self.notices.listeners.add(listener),
    watch: () => self.watch(),
    ...closing(() => self.close())
  }
}

const readsOf = (self: MemoryProcess): ReadsNow => ({
  findRun: (id) => findRun(self.disk(), id),
  getRun: (key) => self.disk().runs.get(key),
  listRuns: (filter: RunQuery) => listRuns(self.disk(), filter),
  countRuns: (choice) => countRuns(self.disk(), choice),
  nodes: (run) => nodesOf(self.disk(), run),
  nodesWithin: (run, path) => nodesWithin(self.disk(), run, path),
  node: (run, path) => self.disk().nodes.get(run)?.get(path),
  events: (run, after, limit) => readEvents(self.disk(), run, after, limit),
  eventsAt: (run, seqs) => {
    const wanted = new Set(seqs)
    return readEvents(self.disk(), run, 0).filter(({ seq }) => wanted.has(seq))
  },
  eventsOf: (run, path, first, last) => eventsOf(self.disk(), run, path, first, last),
  lastSeq: (run) => Math.max(0, ...self.disk().events.get(run)?.keys() ?? []),
  ...logReadsOf(() => self.disk()),
  plan: (digest) => self.disk().plans.get(digest),
  definition: (digest) => self.disk().definitions.get(digest),
  memo: (cache, key) => self.disk().memos.get(cache, key),
  memos: (filter) => self.disk().memos.list(filter),
  cell: (space, key) => self.disk().cells.get(space, key),
  cells: (space, query) => self.disk().cells.list(space, query),
  isAlive: (process) => self.disk().members.has(process),
  inbox: () => self.inbox(),
  command: (id) => self.disk().commands.get(id),
  permits: (name) => self.permits(name),
  semaphores: () => self.disk().semaphores(),
  expired: (now, limit) => expiredRuns(self.disk()).filter(({ deleteAt }) => deleteAt <= now).slice(0, limit),
  nextExpiry: () => expiredRuns(self.disk())[0]?.deleteAt
})

const claimsOf = (self: MemoryProcess): ClaimsNow => ({
  claim: (options) => self.claim(options),
  release: (runs) => self.release(runs),
  offer: (runs) => self.offer(runs),
  send: (run, verb, args) => self.send(run, verb, args),
  break: (run, path) => self.break(run, path)
})

class MemoryProcess {
  readonly id: number
  readonly commits: GroupCommit
  readonly notices: MemoryNotices
  readonly #disk: Disk
  #ended: "open" | "closed" | "killed" = "open"
  #keys = 0
  #watches = 0

  constructor(disk: Disk, turn: (run: () => void) => void) {
    this.#disk = disk
    this.id = disk.join((process) => this.#member(process))
    this.notices = new MemoryNotices({ disk, process: this.id, turn, isOpen: () => this.#ended === "open" })
    this.commits = new GroupCommit({
      turn,
      later: turn,
      commit: (group) => this.#commit(group),
      committed: (runs) => this.#committed(runs),
      failed: (error) => this.notices.notify({ type: "lost", error })
    })
  }

  /** The disk, for a process that is still open. */
  disk(): Disk {
    if (this.#ended !== "open") throw closedError()
    return this.#disk
  }

  nextKey(): number {
    return runKey(this.id, ++this.#keys)
  }

  claim(options: ClaimOptions) {
    this.#flushForWrite()
    const rows = claimRuns(this.#disk, this.id, options)
    this.commits.forgive(rows.map((row) => row.key))
    this.#settle()
    if (rows.length > 0) this.#announce(new Set(rows.map((row) => row.key)))
    return rows
  }

  release(runs: ReadonlyArray<number>): void {
    this.#flushForWrite()
    const released = runs.filter((run) => this.#disk.runs.get(run)?.owner === this.id)
    for (const run of released) this.#disk.runs.set(run, { ...this.#disk.runs.get(run)!, owner: null })
    this.#settle()
    if (released.length > 0) this.#announce(new Set(released))
  }

  offer(runs: ReadonlyArray<number>): void {
    this.release(runs)
    for (const [process, member] of this.#disk.members) if (process !== this.id) member.freed()
  }

  permits(name: string | undefined): ReadonlyArray<OwnedPermit> {
    const disk = this.disk()
    return disk.permits.list(name).map((row) => ({ ...row, owner: disk.ownerOf(row.run) }))
  }

  artifacts(): Required<Omit<ArtifactNames, "whenMarked">> & ArtifactReadsNow {
    const rows = () => this.disk().artifacts
    let ids = 0
    return {
      file: "memory",
      nextId: () => `${this.id.toString(36)}.${(++ids).toString(36)}`,
      isClean: () => rows().places().length === 0,
      get: (artifact) => rows().get(artifact),
      list: (filter) => rows().list(filter),
      collectable: (now, stores, limit) => rows().collectable(now, stores, limit),
      collect: (now, stores, limit) => {
        this.#flushForWrite()
        return rows().collect(this.id, now, stores, limit)
      },
      totals: (now, stores) => rows().totals(now, stores),
      places: () => rows().places(),
      nextDeletion: (stores) => rows().nextDeletion(stores),
      held: () => rows().held(),
      named: (store, keys) => rows().named(store, keys)
    }
  }

  break(run: number, path: string): boolean {
    this.#flushForWrite()
    const isHeld = this.#disk.permits.isHeld(run, path)
    if (isHeld) this.#disk.permits.release(run, path)
    this.#settle()
    return isHeld
  }

  send(run: number, verb: string, args: string): number {
    const row = this.disk().runs.get(run)
    this.#refuseWhenFailed()
    const own = creatorOf(run) === this.id
    if (row === undefined && !own) throw unknownRunError(String(run))
    const id = this.#disk.addCommand(run, verb, args)
    const owner = row === undefined ? this.id : row.owner
    if (owner !== null) this.#disk.members.get(owner)?.commands()
    return id
  }

  inbox(): ReadonlyArray<Command> {
    return [...this.disk().commands.values()].filter(({ answer, run }) =>
      answer === null && this.#disk.runs.get(run)?.owner === this.id
    )
  }

  watch(): () => void {
    this.#watches++
    let open = true
    return () => {
      if (open) this.#watches--
      open = false
    }
  }

  close(): void {
    if (this.#ended !== "open") return
    try {
      this.commits.flush()
    } catch {
      // The lost appends have been told; closing goes on.
    }
    if (this.#ended !== "open") return
    for (const row of this.#disk.runs.values()) {
      if (row.owner === this.id) this.#disk.runs.set(row.key, { ...row, owner: null })
    }
    this.#ended = "closed"
    this.commits.fail(closedError())
    this.#disk.leave(this.id)
  }

  kill(): void {
    if (this.#ended === "killed") return
    this.#ended = "killed"
    this.commits.abandon()
    this.#disk.leave(this.id)
  }

  fence(told: boolean): void {
    this.#disk.leave(this.id)
    if (told) this.notices.notify({ type: "lost", error: fencedError(this.id) })
  }

  #member(process: number): Member {
    return {
      commands: () => this.notices.notify({ type: "commands" }),
      foreign: () => {
        if (this.#watches > 0) this.notices.notify({ type: "foreign" })
      },
      freed: () => this.notices.notify({ type: "freed" }),
      granted: () => this.notices.tellLater(),
      died: (other) => {
        if (other !== process) this.notices.notify({ type: "died", process: other })
      }
    }
  }

  #commit(group: ReadonlyArray<Append>): void {
    if (!this.#disk.members.has(this.id)) throw fencedError(this.id)
    const writes = group.flatMap((append) => append.writes)
    const fault = this.#disk.fault?.({ group: this.#disk.groups + 1, process: this.id, writes, at: instantOf(group) })
    if (fault?.when === "before") this.#suffer(fault.what)
    if (this.#ended !== "open") return
    this.#disk.apply(group)
    this.#disk.groups++
    for (const write of writes) if (write.kind === "refill") this.notices.refilled(write.name)
    if (fault?.when === "after") this.#suffer(fault.what)
    if (this.#ended === "open") this.#ringGranted()
  }

  #suffer(what: Fault["what"]): void {
    if (what === "kill") return this.kill()
    if (what === "refuse") throw invalidError("what the fault hook refused")
    throw new JournalError({
      reason: "Io",
      message: "Cannot write to the in-memory disk: its fault hook said so. Open a new journal on it to go on."
    })
  }

  #committed(runs: ReadonlySet<number>): void {
    this.#ringOthers()
    this.notices.listeners.tell({ type: "committed", runs })
    this.notices.tellGrants()
  }

  #settle(): void {
    this.#disk.settle()
    this.#ringGranted()
    this.notices.tellLater()
  }

  #ringGranted(): void {
    for (const [process, member] of this.#disk.members) if (process !== this.id) member.granted()
  }

  #announce(runs: ReadonlySet<number>): void {
    this.#ringOthers()
    this.notices.notify({ type: "committed", runs })
  }

  #ringOthers(): void {
    for (const [process, member] of this.#disk.members) if (process !== this.id) member.foreign()
  }

  #flushForWrite(): void {
    this.disk()
    this.commits.flush()
    this.#refuseWhenFailed()
    if (!this.#disk.members.has(this.id)) throw fencedError(this.id)
  }

  #refuseWhenFailed(): void {
    if (this.commits.failure !== undefined) throw this.commits.failure
  }
}
