/**
 * Identity: ids of runs that no other state file has, which ids a
 * person may choose, and the key that stands for one node's work.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { nameFault } from "../../plan/name.ts"

/** What new ids are made of; the engine's own clock and random numbers, so a simulation repeats them. */
export interface IdSource {
  readonly now: () => number
  readonly random: () => number
  /** The run of this file that has the id. */
  readonly findRun: (id: string) => Effect.Effect<unknown, JournalError>
  /** The newest run of this file, if any. */
  readonly newest: () => Effect.Effect<{ readonly createdAt: number } | undefined, JournalError>
}

/** Milliseconds by which the time of an id may be ahead of the clock, where many are made at once. */
const ahead = 1_000

const TIME = 8
const CHANCE = 6
const SPACE = 36 ** CHANCE

const inBase36 = (value: number, digits: number): string => value.toString(36).padStart(digits, "0").slice(-digits)

/**
 * Makes ids: the workflow's name, eight characters of time, six of
 * chance. Ids of one process are in the order in which they were made.
 *
 * Whether a run has an id is asked only while the clock may have been set back: what is made later than all that the
 * file had when this process first looked is as new as what other processes make now, which no question could find.
 */
export class RunIds {
  readonly #source: IdSource
  #time = 0
  #chance = 0
  /** When the newest run was created that the file had then. */
  #newest: number | undefined

  constructor(source: IdSource) {
    this.#source = source
  }

  /** Goes on with an id that no run has. */
  next<A, E>(workflow: string, go: (id: string) => Effect.Effect<A, E>): Effect.Effect<A, E | JournalError> {
    this.#step()
    const id = `${workflow}-${inBase36(this.#time, TIME)}${inBase36(this.#chance, CHANCE)}`
    if (this.#newest !== undefined && this.#time > this.#newest + ahead) return go(id)
    const asked = Effect.flatMap(
      this.#source.findRun(id),
      (run) => run === undefined ? go(id) : this.next(workflow, go)
    )
    return this.#newest === undefined ? Effect.andThen(this.#look, asked) : asked
  }

  get #look(): Effect.Effect<void, JournalError> {
    return Effect.map(Effect.suspend(() => this.#source.newest()), (run) => {
      this.#newest ??= run?.createdAt ?? -Infinity
    })
  }

  // Within one millisecond, and while the clock is behind, ids count up from the last one.
  #step(): void {
    const now = Math.max(0, Math.floor(this.#source.now()))
    if (now > this.#time) {
      this.#time = now
      this.#chance = Math.floor(this.#source.random() * SPACE)
      return
    }
    this.#chance++
    if (this.#chance < SPACE) return
    this.#chance = 0
    this.#time++
  }
}

/** Why a person may not choose an id, or `undefined`. */
export const idFault = (id: unknown): string | undefined => {
  if (typeof id !== "string") return `A run id must be a string, not ${id === null ? "null" : typeof id}`
  if (id === "") return "A run id must not be empty; leave it out to get a new one"
  if (id.startsWith("@")) {
    return `The run id ${JSON.stringify(id)} begins with "@", which stands for "the latest run" and the like`
  }
  const fault = nameFault(id)
  if (fault?.code !== "invalid-name") return undefined
  return `${
    fault.message.replace("The name", "The run id").replace("that paths use", "that a run id may not have")
  }. ${fault.hint}`
}

/**
 * The key of a node's work: of one file, run and node, whichever
 * attempt is at work. `file` is the identity of the state file.
 */
export const workKey = (file: string, run: string, path: string): string =>
  createHash("sha256").update(JSON.stringify([file, run, withoutAttempts(path)])).digest("hex").slice(0, 32)

// `a#2/b` is node b of a, as `a/b` is; names and map keys have no bare `#`.
const withoutAttempts = (path: string): string => path.replace(/#\d+/g, "")
