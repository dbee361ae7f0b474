/** How nodes of manifests are called in texts of the engine, which names them by run and path. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import { readRun } from "./readRun.ts"
import type { RunSource } from "./RunSource.ts"
import { byPath, everyNode } from "./RunView.ts"

/** Puts Argo's names in place of `RUN PATH`, as far as the runs of the given texts are known. */
export const holderNames = (
  source: RunSource,
  texts: ReadonlyArray<string>
): Effect.Effect<(text: string) => string, JournalError> =>
  Effect.map(Effect.forEach(wordsIn(texts), (id) => namesIn(source, id)), (found) => {
    const names = new Map(found.flat())
    const inOrder = [...names.keys()].filter((it) => texts.some((text) => text.includes(it))).toSorted((a, b) =>
      b.length - a.length
    )
    return (text: string) => inOrder.reduce((told, written) => replaced(told, written, names.get(written)!), text)
  })

const wordsIn = (texts: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => text.split(/[\s;,()]+/)).filter((it) => it !== ""))

type Names = ReadonlyArray<readonly [written: string, name: string]>

const namesIn = (source: RunSource, id: string): Effect.Effect<Names, JournalError> =>
  Effect.gen(function* () {
    const row = yield* source.findRun(id)
    const run = row?.kind === "manifest" ? yield* readRun(source, id, "none") : undefined
    return run === undefined
      ? []
      : [...byPath(everyNode(run))].map(([path, { name }]) =>
        [`${id} ${path}`, name.startsWith(id) ? name : `${id} ${name}`] as const
      )
  })

/** In place of whole paths only. */
const replaced = (text: string, written: string, name: string): string =>
  text.split(written).reduce((told, rest) => told + (/^[\s;,)]|^$/.test(rest) ? name : written) + rest)
