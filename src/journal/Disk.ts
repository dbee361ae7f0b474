/**
 * The rows of an in-memory journal. It outlives the processes that open it, as a file does.
 *
 * Owns: committed rows, process numbers, who is alive, when permits are granted, the fault hook.
 * Does not own: queued writes (they belong to a process and die with it).
 *
 * Invariants: rows are immutable and replaced whole; a group is applied completely or not at all.
 */
import { isTerminal, type PhaseCounts } from "../run/Phase.ts"
import { isMeant } from "../run/select/runChoice.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { Append } from "./Append.ts"
import type { ClaimOptions, Command, EventRow, HeldSemaphore, LogLine, RunCursor, RunQuery, Write } from "./Journal.ts"
import { Artifacts } from "./Artifacts.ts"
import { Memos } from "./Memos.ts"
import { type CellCheck, Cells } from "./Cells.ts"
import { Permits, type Refill } from "./Permits.ts"
import { conflictError, existsError, invalidError } from "./refusals.ts"
import { savedMaps } from "./savedMaps.ts"
import { unstorable } from "./unstorable.ts"

/**
 * What to do to a group: fail or kill the process, before or after
 * the group is on the disk, or refuse it for what it holds (before).
 */
export interface Fault {
  readonly when: "before" | "after"
  readonly what: "fail" | "kill" | "refuse"
}

/** A group about to be committed; `group` counts from 1 over the life of the disk. */
export interface GroupInfo {
  readonly group: number
  readonly process: number
  readonly writes: ReadonlyArray<Write>
  /** The latest instant that is written with it. */
  readonly at: number | undefined
}

/** How one process is reached by the others on the same disk. */
export interface Member {
  readonly commands: () => void
  readonly foreign: () => void
  readonly freed: () => void
  readonly granted: () => void
  readonly died: (process: number) => void
}

/** Committed state that several in-memory journals share. */
export class Disk {
  /** Asked before each group is committed; default: no fault. */
  fault: ((info: GroupInfo) => Fault | undefined) | undefined = undefined
  /** Groups committed so far, by all processes. */
  groups = 0
  readonly runs = new Map<number, RunRow>()
  readonly keys = new Map<string, number>()
  readonly nodes = new Map<number, Map<string, NodeRow>>()
  readonly events = new Map<number, Map<number, EventRow>>()
  readonly logs = new Map<number, Array<LogLine>>()
  readonly plans = new Map<string, string>()
  readonly definitions = new Map<string, string>()
  readonly cells = new Cells()
  readonly commands = new Map<number, Command>()
  readonly members = new Map<number, Member>()
  readonly permits = new Permits()
  readonly artifacts = new Artifacts({
    runOf: (run) => {
      const row = this.runs.get(run)
      return row === undefined ? undefined : { phase: row.phase, isOwned: this.ownerOf(run) !== null }
    },
    isAlive: (process) => this.members.has(process)
  })
  readonly memos = new Memos(this.artifacts, this.definitions)
  #processes = 0
  #commands = 0
  /**
   * The instant of the latest group that has one; earlier than that of the group before when the clock was set back.
   */
  #now = 1
  /** Whether a write touched permits since the last grants. */
  #isUnsettled = false

  /** Registers a process and returns its number. */
  join(member: (process: number) => Member): number {
    const process = ++this.#processes
    this.members.set(process, member(process))
    return process
  }

  /** Removes a process; the others hear that it died. */
  leave(process: number): void {
    if (!this.members.delete(process)) return
    this.settle()
    for (const other of this.members.values()) {
      other.died(process)
      // It may have died right after a commit, before it could tell of its grants.
      other.granted()
    }
  }

  /** Stores a command and returns its id. */
  addCommand(run: number, verb: string, args: string): number {
    const id = ++this.#commands
    this.commands.set(id, { id, run, verb, args, answer: null })
    return id
  }

  /** Applies a group; refuses single appends that create a run whose id exists, or throws and applies nothing. */
  apply(group: ReadonlyArray<Append>): void {
    const ids = new Set<string>()
    const seqs = new Set<string>()
    const cells = this.cells.checker()
    for (const append of group) this.#check(append, ids, seqs, cells)
    this.#now = instantOf(group) ?? this.#now
    for (const append of group) {
      if (append.error !== undefined) continue
      for (const write of append.writes) this.#write(write)
    }
    if (this.#isUnsettled) this.settle()
  }

  /** Remembers all rows; the answer puts them back, as a server does that has forgotten the latest changes. */
  saved(): () => void {
    const { artifacts, cells, memos, permits } = this
    const now = this.#now
    const parts = [artifacts, cells, memos, permits].map((part) => part.saved())
    const { commands, definitions, events, keys, logs, nodes, plans, runs } = this
    parts.push(savedMaps(commands, definitions, events, keys, logs, nodes, plans, runs))
    return () => {
      for (const back of parts) back()
      this.#now = now
    }
  }

  /** The living process that executes a run. */
  ownerOf(run: number): number | null {
    const owner = this.runs.get(run)?.owner ?? null
    return owner !== null && this.members.has(owner) ? owner : null
  }

  /** All semaphores as they are at the latest instant that was written. */
  semaphores(): ReadonlyArray<HeldSemaphore> {
    return this.permits.semaphores(this.#now)
  }

  /** When requests that are next at a rate can be served. */
  refills(): ReadonlyArray<Refill> {
    return this.permits.refills((run) => this.ownerOf(run) !== null, this.#now)
  }

  /** Gives permits to whom they are due; call it where writes or the fate of processes changed that. */
  settle(): void {
    this.#isUnsettled = false
    this.permits.settle((run) => this.ownerOf(run) !== null, this.#now)
  }

  #check(append: Append, ids: Set<string>, seqs: Set<string>, refusesCells: CellCheck): void {
    const creates = append.writes.filter((write) => write.kind === "create")
    const taken = creates.find(({ row }, at) =>
      this.keys.has(row.id) || ids.has(row.id) || creates.findIndex((other) => other.row.id === row.id) !== at
    )
    if (taken !== undefined) {
      append.error = existsError(taken.row.id)
      return
    }
    append.error = refusesCells(append.writes)
    if (append.error !== undefined) return
    for (const { row } of creates) ids.add(row.id)
    for (const write of append.writes) {
      const wrong = unstorable(write)
      if (wrong !== undefined) throw invalidError(wrong)
      if (write.kind !== "event") continue
      const { run, seq } = write.row
      if (this.events.get(run)?.has(seq) === true || seqs.has(`${run} ${seq}`)) throw conflictError(run, seq)
      seqs.add(`${run} ${seq}`)
    }
  }

  #write(write: Write): void {
    switch (write.kind) {
      case "create":
        this.runs.set(write.row.key, write.row)
        this.keys.set(write.row.id, write.row.key)
        return
      case "run": {
        const before = this.runs.get(write.row.key)
        if (before === undefined) return
        // An ended run belongs to nobody, so that whoever retries it can claim it.
        this.runs.set(write.row.key, { ...write.row, owner: isTerminal(write.row.phase) ? null : before.owner })
        this.artifacts.ofRun(write.row)
        if (isTerminal(write.row.phase)) this.#dropPermits(write.row.key)
        return
      }
      case "event":
        upsert(this.events, write.row.run, () => new Map()).set(write.row.seq, write.row)
        return
      case "node":
        upsert(this.nodes, write.row.run, () => new Map()).set(write.row.path, write.row)
        return
      case "log":
        upsert(this.logs, write.row.run, () => []).push(write.row)
        return
      case "plan":
        if (!this.plans.has(write.digest)) this.plans.set(write.digest, write.json)
        return
      case "definition":
        if (!this.definitions.has(write.digest)) this.definitions.set(write.digest, write.text)
        return
      case "memo":
      case "memoUsed":
      case "forget":
      case "evict":
        return this.memos.write(write)
      case "cell":
        return this.cells.write(write)
      case "answer": {
        const command = this.commands.get(write.command)
        if (command?.answer === null) this.commands.set(command.id, { ...command, answer: write.answer })
        return
      }
      case "sweep":
        return
      case "delete":
        return this.#mayDelete(write) ? this.#delete(write.run) : undefined
      case "request":
      case "release":
      case "semaphore":
      case "refill":
        return this.#writePermit(write)
      default:
        return this.artifacts.write(write)
    }
  }

  #writePermit(write: Extract<Write, { readonly kind: "request" | "release" | "semaphore" | "refill" }>): void {
    this.#isUnsettled = true
    if (write.kind === "semaphore") {
      return write.initial === true ? this.permits.limitInitially(write.row) : this.permits.limit(write.row)
    }
    if (write.kind === "refill") return
    if (write.kind === "release") return void this.permits.release(write.run, write.path)
    const run = this.runs.get(write.row.run)
    if (run !== undefined && !isTerminal(run.phase)) this.permits.request(write.row, write.at)
  }

  #dropPermits(run: number): void {
    if (this.permits.drop(run)) this.#isUnsettled = true
  }

  #mayDelete({ ifEnded, ifExpiredAt, run }: Extract<Write, { readonly kind: "delete" }>): boolean {
    if (ifEnded === undefined && ifExpiredAt === undefined) return true
    const row = this.runs.get(run)
    if (row === undefined || !isTerminal(row.phase) || this.ownerOf(run) !== null) return false
    return ifExpiredAt === undefined || row.deleteAt > 0 && row.deleteAt <= ifExpiredAt
  }

  #delete(run: number): void {
    const row = this.runs.get(run)
    if (row !== undefined) this.keys.delete(row.id)
    for (const table of [this.runs, this.nodes, this.events, this.logs]) table.delete(run)
    this.#dropPermits(run)
    this.artifacts.leave(run)
    for (const command of this.commands.values()) if (command.run === run) this.commands.delete(command.id)
  }
}

const upsert = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

/** Runs of a disk, newest first. */
export const listRuns = (disk: Disk, { before, ...filter }: RunQuery): ReadonlyArray<RunRow> =>
  [...disk.runs.values()]
    .sort(newestFirst)
    .filter((row) => isMeant(row, filter))
    .filter((row) => before === undefined || newestFirst(row, before) > 0)
    .slice(filter.skip ?? 0)
    .slice(0, filter.limit ?? 100)

/** How many runs of a disk are in each phase. */
export const countRuns = (disk: Disk, choice: RunQuery): PhaseCounts => {
  const found = Map.groupBy(listRuns(disk, { ...choice, limit: Infinity }), ({ phase }) => phase)
  return Object.fromEntries([...found].map(([phase, rows]) => [phase, rows.length]))
}

const newestFirst = (a: RunCursor, b: RunCursor): number => b.createdAt - a.createdAt || b.key - a.key

/** The run with this id. */
export const findRun = (disk: Disk, id: string): RunRow | undefined => {
  const key = disk.keys.get(id)
  return key === undefined ? undefined : disk.runs.get(key)
}

/** Ended runs that retention deletes, the longest due first. */
export const expiredRuns = (disk: Disk): ReadonlyArray<RunRow> =>
  [...disk.runs.values()].filter(({ deleteAt, key }) => deleteAt > 0 && disk.ownerOf(key) === null).sort((a, b) =>
    a.deleteAt - b.deleteAt
  )

/** Gives runs to a process: those that fit and that nobody alive executes; oldest first. */
export const claimRuns = (
  disk: Disk,
  process: number,
  { kinds = [], run, workflows }: ClaimOptions
): ReadonlyArray<RunRow> => {
  const isKept = ({ definition, kind }: RunRow): boolean => definition !== null && kinds.includes(kind)
  const orphaned = (row: RunRow): boolean =>
    row.owner === null ? workflows !== undefined || run !== undefined : !disk.members.has(row.owner)
  const fits = (row: RunRow): boolean =>
    (run === undefined ? !isTerminal(row.phase) : row.key === run) &&
    (workflows === undefined || workflows.includes(row.workflow) || isKept(row)) && orphaned(row)
  const claimed = [...disk.runs.values()].filter(fits).sort((a, b) => newestFirst(b, a))
    .map((row) => ({ ...row, owner: process }))
  for (const row of claimed) disk.runs.set(row.key, row)
  return claimed
}

/** The latest instant that is written with a group. */
export const instantOf = (group: ReadonlyArray<Append>): number | undefined => {
  const instants = group.flatMap(({ writes }) => writes.flatMap((write) => instantsOf(write)))
  return instants.length === 0 ? undefined : instants.reduce((latest, at) => Math.max(latest, at))
}

const instantsOf = (write: Write): ReadonlyArray<number> => {
  if (write.kind === "event") return [write.row.at]
  return write.kind === "request" || write.kind === "refill" ? [write.at] : []
}
