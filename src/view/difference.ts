/** What differs between two runs, node by node. Pure. */
import { isDeepStrictEqual } from "node:util"
import type { Json } from "../run/Event.ts"
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
}

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
  right: ReadonlyArray<Compared>
): ReadonlyArray<Difference> => {
  const others = new Map(right.map((it) => [it.name, it]))
  const names = new Set(left.map(({ name }) => name))
  const both = left.map((it) => ({
    name: it.name,
    left: it,
    right: others.get(it.name),
    what: compare(it, others.get(it.name))
  }))
  const added = right.filter(({ name }) => !names.has(name)).map((it) => ({
    name: it.name,
    left: undefined,
    right: it,
    what: ["only in the second"]
  }))
  return [...both, ...added].filter(({ what }) => what.length > 0)
}

const compare = (left: Compared, right: Compared | undefined): ReadonlyArray<string> => {
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
  return what
}

/** A time is worth telling when it is another by half, and by more than a tenth of a second. */
const isSlower = (a: number, b: number): boolean => Math.abs(a - b) > 100 && Math.max(a, b) > 1.5 * Math.min(a, b)

const longest = 60

const short = (value: Json | undefined): string => {
  const text = value === undefined ? "none" : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
