/** Appends that storage refused because of what they hold, and what follows them about the same runs (J6). */
import type { Append } from "./Append.ts"
import type { Write } from "./Journal.ts"
import type { JournalError } from "./JournalError.ts"

/** Runs of which an append was refused: what follows it must not be stored without it. */
export class Refused {
  readonly #runs = new Map<number, JournalError>()

  /** Fails an append. */
  refuse(append: Append, error: JournalError): void {
    append.error = error
    for (const write of append.writes) {
      const run = runOf(write)
      if (run !== undefined) this.#runs.set(run, error)
    }
  }

  /** Fails what follows refused appends; answers what is left of a group. */
  accepted(group: ReadonlyArray<Append>): ReadonlyArray<Append> {
    if (this.#runs.size === 0) return group
    for (const append of group) {
      const first = append.writes.find((write) => follows(write) && this.#runs.has(runOf(write)!))
      if (first !== undefined) append.error ??= this.#runs.get(runOf(first)!)
    }
    return group.filter(({ error }) => error === undefined)
  }

  /** The record of these runs was read anew: what follows does not rely on what was refused. */
  forgive(runs: Iterable<number>): void {
    for (const run of runs) this.#runs.delete(run)
  }
}

/** Whether a write relies on those before it about the same run. */
const follows = ({ kind }: Write): boolean =>
  kind === "event" || kind === "node" || kind === "run" || kind === "request"

/** The runs that a group touches, but for what was refused of it. */
export const touched = (group: ReadonlyArray<Append>): Set<number> => {
  const runs = new Set<number>()
  let last: number | undefined = undefined
  for (const append of group) {
    if (append.error !== undefined) continue
    for (const write of append.writes) {
      const run = runOf(write)
      if (run === undefined || run === last) continue
      runs.add(run)
      last = run
    }
  }
  return runs
}

/** The key of the run a write is about; `undefined` for plans and answers. */
const runOf = (write: Write): number | undefined => {
  switch (write.kind) {
    case "create":
    case "run":
      return write.row.key
    case "event":
    case "node":
    case "log":
    case "request":
      return write.row.run
    case "release":
    case "delete":
      return write.run
    default:
      return undefined
  }
}
