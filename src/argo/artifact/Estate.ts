/**
 * The artifacts that go when their run is deleted (`OnWorkflowDeletion`): a list for each run, beside the artifacts.
 *
 * Owns: the lists of one state file. Does not own: artifacts, runs. Invariants: an artifact is on the list before it is
 * saved; a list is removed when all on it is gone; nothing is deleted that the list of a run names that still exists,
 * also when that names it while others are deleted (`Collectors.ts`).
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { BadArgument } from "../document/BadArgument.ts"
import { fileName } from "../document/fileName.ts"
import type { Saved } from "./Artifacts.ts"
import { Collectors } from "./Collectors.ts"

/** What a collection did. */
export interface Collected {
  /** How many artifacts were deleted. */
  readonly count: number
  /** Why others were not; they are tried again the next time. */
  readonly problems: ReadonlyArray<string>
}

interface List {
  readonly path: string
  readonly run: string
  /** As they are written, each once. */
  readonly lines: ReadonlySet<string>
}

type Exists = (run: string) => boolean
type Remove = (saved: Saved) => Effect.Effect<void, BadArgument>

/** So many are deleted at a time, while those who save wait. */
const most = 20

/** See the head of the file. */
export class Estate {
  readonly #directory: string
  readonly #isLasting: boolean
  readonly #collectors: Collectors

  /**
   * `stateFile` is what tells a state file from others that share
   * the directory; of an engine without one nothing is noted.
   */
  constructor(directory: string, stateFile: string) {
    this.#isLasting = stateFile !== "memory"
    this.#directory = join(directory, "on-deletion", fileName(stateFile))
    this.#collectors = new Collectors(join(directory, "collectors", fileName(stateFile)))
  }

  /** An artifact of a run is about to be saved; it may be once this has ended. */
  note(run: string, { key, s3 }: Saved): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (!this.#isLasting) return Effect.void
      mkdirSync(this.#directory, { recursive: true })
      appendFileSync(
        join(this.#directory, fileName(run)),
        `${JSON.stringify(s3 === undefined ? { key } : { key, s3 })}\n`
      )
      return this.#collectors.ended
    })
  }

  /** Deletes what runs have left that exist no more. */
  collect(exists: Exists, remove: Remove): Effect.Effect<Collected> {
    return Effect.suspend(() => {
      const left = this.#lists().filter(({ run }) => !exists(run))
      return Effect.map(Effect.forEach(left, (list) => this.#empty(list, exists, remove)), (all) => ({
        count: all.reduce((sum, { count }) => sum + count, 0),
        problems: all.flatMap(({ problems }) => problems)
      }))
    })
  }

  #empty({ lines, path }: List, exists: Exists, remove: Remove): Effect.Effect<Collected> {
    const parts = Array.from(
      { length: Math.ceil(lines.size / most) },
      (_, at) => [...lines].slice(at * most, (at + 1) * most)
    )
    const emptied = Effect.forEach(parts, (part) => this.#collectors.during(this.#removed(part, exists, remove)))
    return Effect.map(emptied, (all) => {
      const answers = all.flat()
      const problems = answers.flatMap((it) => it ?? [])
      if (problems.length === 0) rmSync(path, { force: true })
      return { count: answers.length - problems.length, problems }
    })
  }

  /** What is kept is looked up here, where nobody can begin to save it unseen. */
  #removed(
    part: ReadonlyArray<string>,
    exists: Exists,
    remove: Remove
  ): Effect.Effect<ReadonlyArray<string | undefined>> {
    return Effect.suspend(() => {
      const kept = new Set(this.#lists().filter(({ run }) => exists(run)).flatMap(({ lines }) => [...lines]))
      return Effect.forEach(
        part.filter((line) => !kept.has(line)),
        (line) =>
          Effect.match(Effect.suspend(() => remove(JSON.parse(line))), {
            onSuccess: () => undefined,
            onFailure: ({ message }) => message
          }),
        { concurrency: 4 }
      )
    })
  }

  #lists(): ReadonlyArray<List> {
    return (orNothing(() => readdirSync(this.#directory)) ?? []).flatMap((name) => {
      const path = join(this.#directory, name)
      const text = orNothing(() => readFileSync(path, "utf8"))
      if (text === undefined) return []
      return [{
        path,
        run: decodeURIComponent(name),
        lines: new Set(text.split("\n").filter((it) => it.endsWith("}")))
      }]
    })
  }
}

/** Other processes collect too: what is gone is done. */
const orNothing = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}
