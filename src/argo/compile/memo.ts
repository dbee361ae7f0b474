/** The memo table around a node's work. */
import * as Effect from "effect/Effect"
import { durationFrom } from "../document/amounts.ts"
import { substitute } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { NodeResult } from "../values/Result.ts"
import { type Frame, substitution } from "./Frame.ts"

/** Answers from the memo table, or works and remembers the result of a success. */
export const memoized = (frame: Frame, work: Effect.Effect<NodeResult>): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { session, template: { memoize } } = frame
    if (memoize === undefined) return work
    const key = substitute(memoize.key ?? "", substitution(frame))
    const cacheName = memoize.cache?.configMap?.name ?? ""
    if (!/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(key)) {
      throw new BadArgument(`invalid memoization key "${key}": it may have letters, digits and - only`)
    }
    const entry = session.parts.memo.read(cacheName, key)
    const oldest = session.parts.now() -
      (memoize.maxAge === undefined || memoize.maxAge === ""
        ? Infinity
        : durationFrom("memoize.maxAge", memoize.maxAge))
    if (entry !== undefined && entry.createdAt >= oldest) {
      return Effect.succeed<NodeResult>({
        phase: "Succeeded",
        outputs: entry.outputs,
        memo: { hit: true, key, cacheName }
      })
    }
    return Effect.map(work, (result) => {
      if (result.phase === "Succeeded") {
        session.parts.memo.write(cacheName, key, { outputs: result.outputs ?? {}, createdAt: session.parts.now() })
      }
      return { ...result, memo: { hit: false, key, cacheName } }
    })
  })
