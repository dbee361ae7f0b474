/** Remembered results as text: what there is, why one was computed, what was forgotten. */
import type { CacheView } from "../../engine/observe/cache.ts"
import type { CacheExplanation } from "../../engine/observe/explain.ts"
import type { Forgotten } from "../../engine/observe/forget.ts"
import type { PartView } from "../../reuse/explain.ts"
import { age, span } from "../../run/instant.ts"
import type { Shell } from "../Shell.ts"
import { counted } from "./counted.ts"
import { table } from "./table.ts"
import { bytes } from "./times.ts"

/** A table of what is remembered, by name. */
export const rememberedLines = (found: ReadonlyArray<CacheView>, shell: Shell): ReadonlyArray<string> => {
  const head = ["NAME", "ENTRIES", "SIZE", "ARTIFACTS", "HITS", "SAVED", "NEWEST", "TTL"]
  const sums = found.length === 1 ? [] : [sumRow(found)]
  return table([head, ...found.map((it) => rowOf(it, shell)), ...sums], shell.columns)
}

const rowOf = (
  { artifacts, bytes: size, entries, name, newest, saved, ttl, uses }: CacheView,
  { now, paint }: Shell
): ReadonlyArray<string> => [
  paint.bold(name),
  String(entries),
  bytes(size),
  artifacts.count === 0 ? "-" : `${artifacts.count} (${bytes(artifacts.bytes)})`,
  String(uses),
  span(saved),
  `${age(now() - newest)} ago`,
  ttl === null ? "-" : span(ttl)
]

/** What all names have together; artifacts apart, which several of them may share. */
const sumRow = (all: ReadonlyArray<CacheView>): ReadonlyArray<string> => {
  const sum = (of: (view: CacheView) => number): number => all.reduce((total, view) => total + of(view), 0)
  const numbers = [sum(({ entries }) => entries), sum(({ uses }) => uses)].map(String)
  return ["total", numbers[0]!, bytes(sum((it) => it.bytes)), "", numbers[1]!, span(sum(({ saved }) => saved)), "", ""]
}

/** How much was forgotten, or would be. */
export const forgottenText = ({ artifacts, bytes: size, results }: Forgotten, isDry: boolean): string => {
  if (results === 0) return isDry ? "0 results would be forgotten" : "0 results forgotten"
  const own = `${counted(results, "result")} (${bytes(size)})`
  const others = `${counted(artifacts.count, "artifact")} (${bytes(artifacts.bytes)})`
  if (artifacts.count === 0) return isDry ? `${own} would be forgotten` : `${own} forgotten`
  return isDry ? `${own} would be forgotten, and ${others} deleted` : `${own} forgotten, and ${others} deleted`
}

/** Why a node was computed, or what it reused. */
export const explainedLines = (it: CacheExplanation, shell: Shell): ReadonlyArray<string> => {
  const ago = (at: number): string => `${age(shell.now() - at)} ago`
  const bold = (text: string): string => shell.paint.bold(text)
  const key = it.key === undefined ? "" : shell.paint.dim(` (key ${it.key.slice(0, shownKey)})`)
  const own = `${bold(it.node)} ${it.because}`
  if (it.reused !== undefined) return [`${own}, ${ago(it.reused.at)}${key}`]
  const nearest = it.nearest === undefined
    ? []
    : [shell.paint.dim(`  compared with ${it.nearest.run} ${it.nearest.path}, ${ago(it.nearest.at)}`)]
  const parts = it.nearest === undefined ? [] : it.parts.map((part) => `  ${partLine(part)}`)
  return [
    `${own}${key}`,
    ...nearest,
    ...parts,
    ...it.unseen.map((text) => `  not seen: ${text}`)
  ]
}

const shownDiffer = 5
const shownKey = 12

const partLine = ({ differ, is, part, same, was }: PartView): string => {
  if (same) return `${part}  same`
  const more = differ.length > shownDiffer ? ` and ${differ.length - shownDiffer} more` : ""
  const which = differ.length === 0
    ? `${(was ?? "none").slice(0, 8)} → ${(is ?? "none").slice(0, 8)}`
    : `${differ.slice(0, shownDiffer).join(", ")}${more}`
  return `${part}  changed: ${which}`
}
