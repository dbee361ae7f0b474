/** What is remembered of nodes: Argo's cache ConfigMaps are rows of the state file. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { type LiveNode, remember, remembered } from "../../engine/Interpreter.ts"
import { durationFrom } from "../document/amounts.ts"
import type { Memoize } from "../document/Manifest.ts"
import { substitute } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { NodeResult, Outputs } from "../values/Result.ts"
import { autoMemo } from "./autoMemo.ts"
import { type Frame, substitution } from "./Frame.ts"

/** A remembered result. */
interface Entry {
  readonly outputs: Outputs
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

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
    if (memo === undefined) return work
    return Effect.flatMap(known(live, session.parts.root, memo), (entry) => {
      if (entry !== undefined && entry.createdAt >= session.parts.now() - ageOf(memoize ?? {})) {
        return Effect.succeed<NodeResult>({
          phase: "Succeeded",
          outputs: entry.outputs,
          memo: { hit: true, ...memo }
        })
      }
      return Effect.map(work, (result): NodeResult => {
        const { outputs = {}, phase } = result
        if (phase === "Succeeded") remember(live, memo.cacheName, memo.key, JSON.stringify(outputs))
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
  Effect.map(
    Effect.orDie(remembered(live, cacheName, key)),
    (row) =>
      row === undefined ? earlier(root, cacheName, key) : { outputs: JSON.parse(row.value), createdAt: row.createdAt }
  )

/** What earlier versions remembered, in a file for each cache, which is only read. */
const earlier = (root: string, cache: string, key: string): Entry | undefined => {
  try {
    const entries = JSON.parse(readFileSync(join(root, "memo", `${encodeURIComponent(cache)}.json`), "utf8"))
    return entries[`key:${key}`]
  } catch {
    return undefined
  }
}
