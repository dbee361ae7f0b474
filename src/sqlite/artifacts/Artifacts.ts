/**
 * Artifacts in tables.
 *
 * Owns: the tables `artifacts` and `artifactReaders`. Does not own:
 * transactions (every writing method is called inside one), bytes.
 * Invariant: what `collectable` selects is exactly what
 * `run/garbage.ts` allows, and deletions that nobody alive attends to.
 */
import type { ArtifactQuery, ArtifactWrite, HeldArtifact } from "../../journal/ArtifactRows.ts"
import { ARTIFACT_STATES, type ArtifactRow } from "../../run/ArtifactRow.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { RunRow } from "../../run/State.ts"
import type { Database } from "../Database.ts"
import { prepare } from "./statements.ts"

/** The artifacts of a state file. */
export class Artifacts {
  readonly #db: Database
  readonly #statements: ReturnType<typeof prepare>
  readonly #process: number
  #ids = 0
  #hasRunEnded = false
  /** Whether there is any at all; looked up once in a group in which a run ends. */
  #areAny: boolean | undefined
  #isClean = false

  constructor(db: Database, process: number) {
    this.#db = db
    this.#statements = prepare(db)
    this.#process = process
  }

  /** The identity of the file. */
  file(): string {
    return this.#db.value("SELECT file FROM identity") as string
  }

  /** An id nobody else gives. */
  nextId(): string {
    return `${this.#process.toString(36)}.${(++this.#ids).toString(36)}`
  }

  /** Whether nothing was to be deleted when the last end of a run was stored, and nothing was written here since. */
  get isClean(): boolean {
    return this.#isClean
  }

  /** Begins a group. */
  begin(): void {
    this.#areAny = undefined
    this.#hasRunEnded = false
  }

  /** The last of a group: whether something is to be deleted is cheapest to see in its transaction. */
  settle(): void {
    if (!this.#hasRunEnded) return
    this.#isClean = this.#areAny === false || this.#statements.isAnything.get() === 0
  }

  /** Applies a write. */
  write(write: ArtifactWrite): void {
    this.#isClean = false
    this.#areAny = true
    switch (write.kind) {
      case "artifact": {
        const { row } = write
        return void this.#statements.insert.run({ ...row, pinned: row.pinned ? 1 : 0 })
      }
      case "reader":
        return void this.#statements.read.run({ artifact: write.artifact, run: write.run })
      case "due":
        return void this.#statements.due.run(write.artifact)
      case "overwrite":
        this.#statements.eraseKey.run(write.store, write.key)
        return void this.#statements.overwrite.run(write.store, write.key)
      case "pin":
        return void this.#statements.pin.run(write.pinned ? 1 : 0, write.artifact)
      case "deletion":
        return this.#deletion(write.artifact, write.error, write.nextAt)
    }
  }

  /** A run changed: at its end some become due, when it is retried they are live again. */
  ofRun({ epoch, key, phase }: RunRow): void {
    if (isTerminal(phase)) {
      this.#areAny ??= this.#statements.any.get() !== undefined
      if (this.#areAny) this.#statements.end.run(key)
      this.#hasRunEnded = true
    } else if (epoch > 1) this.#statements.revive.run(key)
  }

  /** A run was deleted, or a piece of one: what it made may be garbage (`Orphans.ts`). */
  left(): void {
    this.#isClean = false
  }

  /** One row. */
  get(artifact: string): ArtifactRow | undefined {
    const row = this.#db.read(() => this.#statements.get.get(artifact))
    return row === undefined ? undefined : decode(row)
  }

  /** Rows that fit. */
  list({ after = "", limit = 1000, path, run, runId, states }: ArtifactQuery): ReadonlyArray<ArtifactRow> {
    const wanted = JSON.stringify(states ?? ARTIFACT_STATES)
    const values = { runId: runId ?? null, after, states: wanted, most: limit === Infinity ? -1 : limit }
    const rows = () =>
      run === undefined
        ? this.#statements.list.all(values)
        : this.#statements.ofRun.all({ ...values, run, path: path ?? null })
    return this.#db.read(rows).map(decode)
  }

  /** What can be deleted at an instant. */
  collectable(now: number, stores: ReadonlyArray<string>, limit: number): ReadonlyArray<ArtifactRow> {
    const values = { now, stores: JSON.stringify(stores), limit: limit === Infinity ? -1 : limit }
    // Asked at the end of every run: mostly there is nothing, and that is cheap to see.
    return this.#db.read(() => this.#statements.isAnything.get() === 1 ? this.#statements.collectable.all(values) : [])
      .map(decode)
  }

  /** How much that is in all. */
  totals(now: number, stores: ReadonlyArray<string>): { readonly count: number; readonly bytes: number } {
    const values = { now, stores: JSON.stringify(stores) }
    return this.#db.read(() => this.#statements.totals.get(values)) as {
      readonly count: number
      readonly bytes: number
    }
  }

  /** Each artifact that a remembered result has handles of, with each such result. */
  held(): ReadonlyArray<HeldArtifact> {
    const rows = this.#db.read(() => this.#statements.held.all())
    return (rows as ReadonlyArray<Omit<HeldArtifact, "isFree"> & { readonly isFree: number }>).map((row) => ({
      ...row,
      isFree: row.isFree === 1
    }))
  }

  /** Takes what can be deleted. */
  collect(now: number, stores: ReadonlyArray<string>, limit: number): ReadonlyArray<ArtifactRow> {
    this.#isClean = false
    return this.collectable(now, stores, limit).map((row) => {
      this.#statements.take.run(this.#process, row.artifact)
      return { ...row, state: "deleting" as const, nextAt: 0 }
    })
  }

  /** Where there is something to delete, now or later. */
  places(): ReadonlyArray<string> {
    return this.#db.read(() => this.#statements.places.all()) as ReadonlyArray<string>
  }

  /** When the next deletion is tried again. */
  nextDeletion(stores: ReadonlyArray<string>): number | undefined {
    return this.#db.read(() => this.#statements.next.get(JSON.stringify(stores))) as number | undefined
  }

  /** Rows that name these keys. */
  named(store: string, keys: ReadonlyArray<string>): ReadonlyMap<string, ArtifactRow> {
    const rows = this.#db.read(() => this.#statements.named.all(JSON.stringify(keys), store)).map(decode)
    return new Map(rows.map((row) => [row.key, row]))
  }

  #deletion(artifact: string, error: string | null, nextAt: number): void {
    if (error !== null) {
      this.#statements.failed.run(nextAt > 0 ? "deleting" : "failed", error, nextAt, artifact)
    } else if (this.#statements.erase.run(artifact).changes === 0) this.#statements.gone.run(artifact)
  }
}

const decode = (row: unknown): ArtifactRow => {
  const { collector: _, pinned, ...rest } = row as Omit<ArtifactRow, "pinned"> & {
    readonly collector: number | null
    readonly pinned: number
  }
  return { ...rest, pinned: pinned === 1 }
}
