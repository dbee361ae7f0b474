/**
 * The artifacts of an in-memory journal: rows, who else got their handles, which process deletes what.
 *
 * Owns: these rows. Does not own: bytes, runs (asked for each time).
 */
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import { isCollectable, isDueAtDeletion, isDueAtEnd, type RunFacts } from "../run/garbage.ts"
import { isTerminal } from "../run/Phase.ts"
import type { RunRow } from "../run/State.ts"
import { savedMaps } from "./savedMaps.ts"
import type { ArtifactQuery, ArtifactWrite, HeldArtifact } from "./ArtifactRows.ts"

/** What is known of a run and of processes. */
export interface Surroundings {
  readonly runOf: (run: number) => RunFacts | undefined
  readonly isAlive: (process: number) => boolean
}

/** A remembered result that has handles of artifacts. */
interface Holder {
  readonly cache: string
  readonly key: string
  readonly artifacts: ReadonlySet<string>
}

/** All artifacts of a disk. */
export class Artifacts {
  readonly #rows = new Map<string, ArtifactRow>()
  readonly #readers = new Map<string, Set<number>>()
  /** By remembered result. */
  readonly #held = new Map<string, Holder>()
  /** Which process deletes it. */
  readonly #collectors = new Map<string, number>()
  readonly #surroundings: Surroundings

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** Remembers all; the answer puts it back. */
  saved(): () => void {
    return savedMaps(this.#rows, this.#readers, this.#held, this.#collectors)
  }

  /** Applies a write. */
  write(write: ArtifactWrite): void {
    if (write.kind === "artifact") return void this.#rows.set(write.row.artifact, write.row)
    if (write.kind === "overwrite") return this.#overwrite(write.store, write.key)
    if (write.kind === "reader") return this.#read(write.artifact, write.run)
    const row = this.#rows.get(write.artifact)
    if (row === undefined) return
    if (write.kind === "pin") return this.#put({ ...row, pinned: write.pinned })
    if (write.kind === "deletion") return this.#deleted(row, write.error, write.nextAt)
    if (row.state === "live") this.#put({ ...row, state: "due" })
    // Its bytes may be gone in spite of the failure, so it can never be read again.
    if (row.state === "failed") this.#put({ ...row, state: "deleting", tries: 0, error: null })
  }

  /** A run changed: at its end some become due, when it is retried they are live again. */
  ofRun({ key, phase }: RunRow): void {
    for (const row of this.#rows.values()) {
      if (row.run !== key) continue
      if (isTerminal(phase) && row.state === "live" && isDueAtEnd(row.gc)) this.#put({ ...row, state: "due" })
      if (!isTerminal(phase) && row.state === "due" && row.gc !== "temp") this.#put({ ...row, state: "live" })
    }
  }

  /** A run was deleted. */
  leave(run: number): void {
    for (const readers of this.#readers.values()) readers.delete(run)
    for (const row of [...this.#rows.values()]) {
      if (row.run !== run) continue
      if (row.state === "deleted") this.#rows.delete(row.artifact)
      else if (row.state === "live" && isDueAtDeletion(row.gc)) this.#put({ ...row, state: "due" })
    }
  }

  /** A remembered result has handles of these; those that go with the end of their run are not kept for it. */
  hold(entry: string, { cache, key }: Pick<Holder, "cache" | "key">, artifacts: ReadonlyArray<string>): void {
    const kept = artifacts.filter((artifact) => {
      const row = this.#rows.get(artifact)
      return row !== undefined && !isDueAtEnd(row.gc)
    })
    if (kept.length > 0) this.#held.set(entry, { cache, key, artifacts: new Set(kept) })
  }

  /** Each artifact that a remembered result has handles of, with each such result. */
  held(): ReadonlyArray<HeldArtifact> {
    return [...this.#held.values()].flatMap(({ artifacts, cache, key }) =>
      [...artifacts].flatMap((artifact) => {
        const row = this.#rows.get(artifact)
        return row === undefined ? [] : [{ artifact, cache, key, size: row.size, isFree: this.#isUnread(row) }]
      })
    )
  }

  /** A remembered result is gone. */
  letGo(entry: string): void {
    this.#held.delete(entry)
  }

  /** One row. */
  get(artifact: string): ArtifactRow | undefined {
    return this.#rows.get(artifact)
  }

  /** Rows that fit. */
  list({ after = "", limit = 1000, path, run, runId, states }: ArtifactQuery): ReadonlyArray<ArtifactRow> {
    return this.#sorted()
      .filter((row) => row.artifact > after && (run === undefined || row.run === run))
      .filter((row) => run === undefined || path === undefined || row.path === path)
      .filter((row) => runId === undefined || row.runId === runId)
      .filter((row) => states === undefined || states.includes(row.state))
      .slice(0, limit)
  }

  /** What can be deleted at an instant. */
  collectable(now: number, stores: ReadonlyArray<string>, limit: number): ReadonlyArray<ArtifactRow> {
    return this.#sorted().filter((row) => stores.includes(row.store))
      .filter((row) => this.#isGarbage(row) || this.#isOpen(row, now)).slice(0, limit)
  }

  /** How much that is in all. */
  totals(now: number, stores: ReadonlyArray<string>): { readonly count: number; readonly bytes: number } {
    const all = this.collectable(now, stores, Infinity)
    return { count: all.length, bytes: all.reduce((sum, { size }) => sum + size, 0) }
  }

  /** Takes what can be deleted. */
  collect(process: number, now: number, stores: ReadonlyArray<string>, limit: number): ReadonlyArray<ArtifactRow> {
    return this.collectable(now, stores, limit).map((row) => {
      const taken = { ...row, state: "deleting" as const, nextAt: 0 }
      this.#put(taken)
      this.#collectors.set(row.artifact, process)
      return taken
    })
  }

  /** Where there is something to delete, now or later. */
  places(): ReadonlyArray<string> {
    const going = [...this.#rows.values()].filter(({ state }) => state === "due" || state === "deleting")
    return [...new Set(going.map(({ store }) => store))].sort()
  }

  /** When the next deletion is tried again. */
  nextDeletion(stores: ReadonlyArray<string>): number | undefined {
    const own = [...this.#rows.values()].filter(({ nextAt, store }) => nextAt > 0 && stores.includes(store))
    const instants = own.map(({ nextAt }) => nextAt)
    return instants.length === 0 ? undefined : Math.min(...instants)
  }

  /** Rows that name these keys. */
  named(store: string, keys: ReadonlyArray<string>): ReadonlyMap<string, ArtifactRow> {
    const wanted = new Set(keys)
    const known = [...this.#rows.values()].filter((row) => row.store === store && row.state !== "deleted")
    return new Map(known.filter(({ key }) => wanted.has(key)).map((row) => [row.key, row]))
  }

  #sorted(): ReadonlyArray<ArtifactRow> {
    return [...this.#rows.values()].sort((a, b) => (a.artifact < b.artifact ? -1 : 1))
  }

  #put(row: ArtifactRow): void {
    this.#rows.set(row.artifact, row)
  }

  #overwrite(store: string, key: string): void {
    for (const row of [...this.#rows.values()]) {
      if (row.store !== store || row.key !== key || row.pinned || row.state === "deleted") continue
      const collector = this.#collectors.get(row.artifact)
      const isTaken = collector !== undefined && this.#surroundings.isAlive(collector)
      if (row.state !== "deleting" || !isTaken) this.#deleted(row, null, 0)
    }
  }

  #read(artifact: string, run: number): void {
    const row = this.#rows.get(artifact)
    if (row === undefined || row.run === run) return
    const readers = this.#readers.get(artifact) ?? new Set()
    this.#readers.set(artifact, readers.add(run))
  }

  #deleted(row: ArtifactRow, error: string | null, nextAt: number): void {
    this.#collectors.delete(row.artifact)
    const tries = row.tries + 1
    if (error !== null) return this.#put({ ...row, state: nextAt > 0 ? "deleting" : "failed", error, nextAt, tries })
    if (this.#surroundings.runOf(row.run) === undefined) this.#rows.delete(row.artifact)
    else this.#put({ ...row, state: "deleted", error: null, nextAt: 0 })
  }

  #isGarbage(row: ArtifactRow): boolean {
    if ([...this.#held.values()].some(({ artifacts }) => artifacts.has(row.artifact))) return false
    return this.#isUnread(row)
  }

  #isUnread(row: ArtifactRow): boolean {
    const readers = [...this.#readers.get(row.artifact) ?? []].map((run) => this.#surroundings.runOf(run))
    return isCollectable(row, this.#surroundings.runOf(row.run), readers.filter((facts) => facts !== undefined))
  }

  #isOpen({ artifact, nextAt, state }: ArtifactRow, now: number): boolean {
    const collector = this.#collectors.get(artifact)
    const isTaken = collector !== undefined && this.#surroundings.isAlive(collector)
    return state === "deleting" && !isTaken && nextAt <= now
  }
}
