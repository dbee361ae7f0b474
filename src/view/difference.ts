/** What differs between two runs, node by node. Pure. */
import { isDeepStrictEqual } from "node:util"
import { codeIn, compareParts, differText, type Digests } from "../reuse/explain.ts"
import type { CachePart, Json } from "../run/Event.ts"
import { span } from "../run/instant.ts"

/** A node as it is compared. */
export interface Compared {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly attempt: number
  readonly millis: number
  readonly input: Json | undefined
  readonly output: Json | undefined
  /** Whether it did not run: its output was taken over from another run. Then it has no attempts, times and input. */
  readonly reused?: boolean
  /** The result that it ended with, or under which its own was remembered. */
  readonly cache?: Cached
}

/** What is known of a result that may be reused. */
export interface Cached {
  readonly key: string
  /** The run whose result was reused. */
  readonly from?: string
  /** What the key was made of, where the node was computed. */
  readonly parts?: ReadonlyArray<CachePart>
}

/** The files of a code, by its digest. */
export type FilesOf = (code: string) => Digests

/** A node that is not the same in both runs; a side is `undefined` where the node is missing. */
export interface Difference {
  readonly name: string
  readonly left: Compared | undefined
  readonly right: Compared | undefined
  /** In words. */
  readonly what: ReadonlyArray<string>
}

/** The nodes that differ, in the order of the left run, then those that only the right one has. */
export const differences = (
  left: ReadonlyArray<Compared>,
  right: ReadonlyArray<Compared>,
  filesOf: FilesOf = () => new Map()
): ReadonlyArray<Difference> => {
  const others = new Map(right.map((it) => [it.name, it]))
  const names = new Set(left.map(({ name }) => name))
  const both = left.map((it) => ({
    name: it.name,
    left: it,
    right: others.get(it.name),
    what: compare(it, others.get(it.name), filesOf)
  }))
  const added = right.filter(({ name }) => !names.has(name)).map((it) => ({
    name: it.name,
    left: undefined,
    right: it,
    what: ["only in the second"]
  }))
  return [...both, ...added].filter(({ what }) => what.length > 0)
}

const compare = (left: Compared, right: Compared | undefined, filesOf: FilesOf): ReadonlyArray<string> => {
  if (right === undefined) return ["only in the first"]
  const what: Array<string> = []
  if (left.phase !== right.phase) what.push(`${left.phase} → ${right.phase}`)
  if (left.message !== right.message) what.push(`message: ${left.message || "none"} → ${right.message || "none"}`)
  const ran = left.reused !== true && right.reused !== true
  if (ran && left.attempt !== right.attempt) what.push(`attempts: ${left.attempt} → ${right.attempt}`)
  if (ran && !isDeepStrictEqual(left.input, right.input)) {
    what.push(`input: ${short(left.input)} → ${short(right.input)}`)
  }
  if (!isDeepStrictEqual(left.output, right.output)) what.push(`output: ${short(left.output)} → ${short(right.output)}`)
  if (ran && isSlower(left.millis, right.millis)) what.push(`took ${span(left.millis)} → ${span(right.millis)}`)
  const cache = compareCached(left.cache, right.cache, filesOf)
  return cache === undefined ? what : [...what, cache]
}

/** What differs between two results that may be reused: where they come from, and what their keys were made of. */
const compareCached = (left: Cached | undefined, right: Cached | undefined, filesOf: FilesOf): string | undefined => {
  if (left === undefined || right === undefined) return undefined
  if (left.parts !== undefined && right.parts !== undefined) {
    const files = { was: filesOf(codeIn(left.parts)), is: filesOf(codeIn(right.parts)) }
    const differ = differText(compareParts(right.parts, left.parts, files))
    return differ === "" ? undefined : `key: ${differ}`
  }
  const [was, is] = [cameFrom(left), cameFrom(right)]
  return was === is ? undefined : `result: ${was} → ${is}`
}

const cameFrom = ({ from }: Cached): string => from === undefined ? "computed" : `reused from ${from}`

/** A time is worth telling when it is another by half, and by more than a tenth of a second. */
const isSlower = (a: number, b: number): boolean => Math.abs(a - b) > 100 && Math.max(a, b) > 1.5 * Math.min(a, b)

const longest = 60

const short = (value: Json | undefined): string => {
  const text = value === undefined ? "none" : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
