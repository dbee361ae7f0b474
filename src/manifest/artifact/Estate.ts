/**
 * The artifacts that go when their run is deleted (`OnWorkflowDeletion`): a list for each run, beside the artifacts.
 *
 * Owns: the lists of one state file. Does not own: artifacts, runs. Invariants: an artifact is on the list before it is saved; a list is removed
 * when all on it is gone; nothing is deleted that the list of a run names that still exists.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { BadArgument } from "../BadArgument.ts"
import { fileName } from "../fileName.ts"
import type { Saved } from "./Artifacts.ts"

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

/** See the head of the file. */
export class Estate {
  readonly #directory: string
  readonly #isLasting: boolean

  /** `stateFile` is what tells a state file from others that share the directory; of an engine without one nothing is noted. */
  constructor(directory: string, stateFile: string) {
    this.#isLasting = stateFile !== "memory"
    this.#directory = join(directory, "on-deletion", fileName(stateFile))
  }

  /** An artifact of a run is about to be saved. */
  note(run: string, { key, s3 }: Saved): void {
    if (!this.#isLasting) return
    mkdirSync(this.#directory, { recursive: true })
    appendFileSync(
      join(this.#directory, fileName(run)),
      `${JSON.stringify(s3 === undefined ? { key } : { key, s3 })}\n`
    )
  }

  /** Deletes what runs have left that exist no more. */
  collect(
    exists: (run: string) => boolean,
    remove: (saved: Saved) => Effect.Effect<void, BadArgument>
  ): Effect.Effect<Collected> {
    return Effect.suspend(() => {
      const lists = this.#lists()
      const kept = new Set(lists.filter(({ run }) => exists(run)).flatMap(({ lines }) => [...lines]))
      const left = lists.filter(({ run }) => !exists(run))
      return Effect.map(Effect.forEach(left, (list) => emptied(list, kept, remove)), (all) => ({
        count: all.reduce((sum, { count }) => sum + count, 0),
        problems: all.flatMap(({ problems }) => problems)
      }))
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

/** Other processes collect too: what is not there any more is done. */
const orNothing = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const emptied = (
  { lines, path }: List,
  kept: ReadonlySet<string>,
  remove: (saved: Saved) => Effect.Effect<void, BadArgument>
): Effect.Effect<Collected> => {
  const due = [...lines].filter((line) => !kept.has(line))
  const removed = Effect.forEach(due, (line) =>
    Effect.match(Effect.suspend(() => remove(JSON.parse(line))), {
      onSuccess: () => undefined,
      onFailure: ({ message }) => message
    }), { concurrency: 4 })
  return Effect.map(removed, (answers) => {
    const problems = answers.flatMap((it) => it ?? [])
    if (problems.length === 0) rmSync(path, { force: true })
    return { count: answers.length - problems.length, problems }
  })
}
