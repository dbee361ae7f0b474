/**
 * What changes who owns what: runs, commands to them, permits, garbage.
 *
 * Owns: the numbers of the commands that this process sends. Does not own: the order of changes (`Changes.ts`), what is
 * appended (`Commits.ts`): it is stored before, so that a claim sees it.
 */
import type { ClaimOptions } from "../journal/Journal.ts"
import type { ClaimsNow } from "../journal/Reads.ts"
import { unknownRunError } from "../journal/refusals.ts"
import { creatorOf } from "../journal/runKey.ts"
import type { ArtifactRow } from "../run/ArtifactRow.ts"
import type { RunRow } from "../run/State.ts"
import type { Changed, Changes } from "./Changes.ts"
import type { Commits } from "./Commits.ts"
import { storageError } from "./pgError.ts"
import { type Asker, decodeArtifact, decodeRun, type Later } from "./Reader.ts"

/** What claims need. */
export interface ClaimParts {
  readonly self: number
  readonly ask: Asker
  readonly commits: Commits
  readonly changes: Changes
  /** Grants up to this number have been told. */
  readonly told: () => number
  /** Hears the answer to each change. */
  readonly heard: (changed: Changed) => void
  /** Hears which runs came or went. */
  readonly moved: (runs: ReadonlyArray<number>) => void
}

/** The claims of one process. */
export class Claims {
  readonly #parts: ClaimParts
  #sent = 0

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  /** As the journal gives them. */
  get now(): Later<ClaimsNow> {
    return {
      claim: (options) => this.#claim(options),
      release: (runs) => this.#release(runs, false),
      offer: (runs) => this.#release(runs, true),
      send: (run, verb, args) => this.#send(run, verb, args),
      break: async (run, path) => {
        await this.#parts.commits.drained()
        return (await this.#change("break_permit", [run, path])) as boolean
      }
    }
  }

  /** Takes garbage, to delete it. */
  async collect(now: number, stores: ReadonlyArray<string>, limit: number): Promise<ReadonlyArray<ArtifactRow>> {
    const { ask, commits } = this.#parts
    await commits.drained()
    // Mostly there is nothing to do, and then nothing is written.
    if ((await ask.all("SELECT 1 FROM collectable($1, $2) LIMIT 1", now, stores)).length === 0) return []
    const rows = await this.#change("collect", [now, stores, limit === Infinity ? null : limit])
    return (rows as ReadonlyArray<never> ?? []).map(decodeArtifact)
  }

  async #change(name: string, values: ReadonlyArray<unknown>): Promise<unknown> {
    const { changes, commits, heard, told } = this.#parts
    if (commits.failure !== undefined) throw commits.failure
    try {
      const changed = await changes.make(name, [told(), ...values])
      heard(changed)
      return changed.value
    } catch (error) {
      const failure = storageError(error)
      if (!failure.concernsOneAppend) commits.fail(failure)
      throw failure
    }
  }

  async #claim({ kinds = [], run, workflows }: ClaimOptions): Promise<ReadonlyArray<RunRow>> {
    await this.#parts.commits.drained()
    const rows = await this.#change("claim_runs", [workflows ?? null, kinds, run ?? null])
    const claimed = (rows as ReadonlyArray<never> ?? []).map(decodeRun)
    this.#parts.moved(claimed.map(({ key }) => key))
    return claimed
  }

  async #release(runs: ReadonlyArray<number>, offers: boolean): Promise<void> {
    await this.#parts.commits.drained()
    this.#parts.moved(await this.#change("release_runs", [runs, offers]) as ReadonlyArray<number>)
  }

  async #send(run: number, verb: string, args: string): Promise<number> {
    const { ask, commits, self } = this.#parts
    if (commits.failure !== undefined) throw commits.failure
    const id = await ask.one(
      (row) => row["id"] as number | null,
      "SELECT send_command($1, $2, $3, $4, $5, $6) AS id",
      self,
      `${self}.${++this.#sent}`,
      run,
      creatorOf(run) === self,
      verb,
      args
    )
    if (id === null || id === undefined) throw unknownRunError(String(run))
    return id
  }
}
