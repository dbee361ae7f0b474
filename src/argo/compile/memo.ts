/** What is remembered of nodes: Argo's cache ConfigMaps are rows of the state file. */
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { type LiveNode, rehearsalOf, remember, remembered } from "../../engine/Interpreter.ts"
import { durationFrom } from "../document/amounts.ts"
import { modeOf } from "../../run/cacheMode.ts"
import { handlesIn } from "../../run/handles.ts"
import type { Memoize, Template } from "../document/Manifest.ts"
import { substitute } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { NodeResult, Outputs } from "../values/Result.ts"
import { autoMemo, isAuto } from "./autoMemo.ts"
import { type Frame, substitution } from "./Frame.ts"

/** A remembered result. */
interface Entry {
  readonly outputs: Outputs
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Whether results of a template may be remembered. */
export const isMemoized = (template: Template): boolean => template.memoize !== undefined || isAuto(template)

/** Answers with what is remembered, or works and has the result of a success remembered. */
export const memoized = (
  frame: Frame,
  live: LiveNode,
  work: Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { session, template: { memoize } } = frame
    const memo = memoize === undefined
      ? autoMemo(frame)
      : { key: keyOf(frame, memoize), cacheName: memoize.cache?.configMap?.name ?? "" }
    // Templates say themselves that results are reused, so only a run that was started otherwise does otherwise.
    const cacheMode = modeOf(live.run.ledger.row.labels)
    if (memo === undefined || cacheMode === "off") return work
    const found = cacheMode === "refresh" ? Effect.undefined : known(live, session.parts.root, memo)
    return Effect.flatMap(found, (entry) => {
      const age = ageOf(memoize ?? {})
      if (entry !== undefined && entry.createdAt >= session.parts.now() - age) {
        return Effect.succeed<NodeResult>({
          phase: "Succeeded",
          outputs: entry.outputs,
          memo: { hit: true, ...memo }
        })
      }
      return Effect.map(work, (result): NodeResult => {
        const { outputs = {}, phase } = result
        if (phase === "Succeeded" && cacheMode !== "read") {
          remember(live, memo.cacheName, memo.key, JSON.stringify(outputs), age)
        }
        return { ...result, memo: { hit: false, ...memo } }
      })
    })
  })

interface Memo {
  readonly key: string
  readonly cacheName: string
}

/** Keys are those of ConfigMaps. Throws BadArgument. */
const keyOf = (frame: Frame, { key = "" }: Memoize): string => {
  const made = substitute(key, substitution(frame))
  if (/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(made)) return made
  throw new BadArgument(`invalid memoization key "${made}": it may have letters, digits and - only`)
}

const ageOf = ({ maxAge }: Memoize): number =>
  maxAge === undefined || maxAge === "" ? Infinity : durationFrom("memoize.maxAge", maxAge)

const known = (live: LiveNode, root: string, { cacheName, key }: Memo): Effect.Effect<Entry | undefined> =>
  Effect.gen(function* () {
    yield* imported(live, join(root, "memo", `${encodeURIComponent(cacheName)}.json`), cacheName)
    const row = yield* Effect.orDie(remembered(live, cacheName, key))
    return row === undefined ? undefined : { outputs: JSON.parse(row.value), createdAt: row.createdAt }
  })

/** Takes over what earlier versions remembered, in a file for each cache; the file is gone once it is stored. */
const imported = (live: LiveNode, file: string, cache: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (!existsSync(file) || rehearsalOf(live) !== undefined) return Effect.void
    const { journal, memos } = live.run.host
    return Effect.orDie(Effect.gen(function* () {
      for (const [name, { createdAt, outputs }] of entriesIn(file)) {
        const key = name.slice(ofKeys.length)
        if ((yield* journal.reads.memo(cache, key)) !== undefined) continue
        const row = {
          cache,
          key,
          value: JSON.stringify(outputs),
          createdAt,
          runId: "",
          path: "",
          parts: "[]",
          millis: 0
        }
        journal.append(memos.remembered(row, handlesIn(row.value)))
      }
      yield* journal.drained
      rmSync(file, { force: true })
    }))
  })

const ofKeys = "key:"

/** What is there and can be read. */
const entriesIn = (file: string): ReadonlyArray<readonly [name: string, entry: Entry]> => {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Entry>)
    return entries.filter(([name, it]) =>
      name.startsWith(ofKeys) && typeof it.createdAt === "number" && "outputs" in it
    )
  } catch {
    return []
  }
}
