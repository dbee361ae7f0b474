/** Versions and what they are held against, as Masterminds' semver reads them. */
import { Refusal } from "../ExprError.ts"
import type { Value } from "../Value.ts"
import { type Functions, text } from "./values.ts"

interface Version {
  readonly numbers: readonly [number, number, number]
  readonly prerelease: string
  readonly metadata: string
  /** How many of the three numbers were written. */
  readonly written: number
}

const pattern = /^v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\w.-]+))?(?:\+([\w.-]+))?$/

const read = (written: string): Version => {
  const found = pattern.exec(written.trim())
  if (found === null) throw new Refusal(`Invalid Semantic Version: ${written}`)
  const parts = found.slice(1, 4).map((it) => it === undefined || /[xX*]/.test(it) ? undefined : Number(it))
  const free = parts.indexOf(undefined)
  return {
    numbers: parts.map((it) => it ?? 0) as unknown as Version["numbers"],
    prerelease: found[4] ?? "",
    metadata: found[5] ?? "",
    written: free < 0 ? 3 : free
  }
}

const order = (a: Version, b: Version): number =>
  a.numbers[0] - b.numbers[0] || a.numbers[1] - b.numbers[1] || a.numbers[2] - b.numbers[2] ||
  orderOfPrereleases(a.prerelease, b.prerelease)

const orderOfPrereleases = (a: string, b: string): number => {
  if (a === b) return 0
  if (a === "" || b === "") return a === "" ? 1 : -1
  const [left, right] = [a.split("."), b.split(".")]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]]
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1
    if (one === other) continue
    const numeric = [one, other].map((it) => /^\d+$/.test(it))
    if (numeric[0] && numeric[1]) return Number(one) - Number(other)
    return numeric[0] ? -1 : numeric[1] ? 1 : one < other ? -1 : 1
  }
  return 0
}

/** The first version that is too new when only the first `kept` numbers may not change. */
const above = ({ numbers }: Version, kept: number): Version => {
  const next = numbers.map((it, at) => at < kept - 1 ? it : at === kept - 1 ? it + 1 : 0)
  return { numbers: next as unknown as Version["numbers"], prerelease: "0", metadata: "", written: 3 }
}

const within = (it: Version, low: Version, kept: number): boolean =>
  order(it, low) >= 0 && (kept === 0 || order(it, above(low, kept)) < 0)

/** Of a caret: the first number that is not zero, and those before it. */
const leading = ({ numbers, written }: Version): number => {
  const first = numbers.findIndex((it) => it > 0)
  return first < 0 ? written : Math.min(first + 1, written)
}

const tests: Readonly<Record<string, (it: Version, wanted: Version) => boolean>> = {
  "=": (it, wanted) => wanted.written < 3 ? within(it, wanted, wanted.written) : order(it, wanted) === 0,
  "!=": (it, wanted) => wanted.written < 3 ? !within(it, wanted, wanted.written) : order(it, wanted) !== 0,
  ">": (it, wanted) => wanted.written < 3 ? order(it, above(wanted, wanted.written)) >= 0 : order(it, wanted) > 0,
  "<": (it, wanted) => order(it, wanted) < 0,
  ">=": (it, wanted) => order(it, wanted) >= 0,
  "<=": (it, wanted) => wanted.written < 3 ? order(it, above(wanted, wanted.written)) < 0 : order(it, wanted) <= 0,
  "~": (it, wanted) => within(it, wanted, Math.min(2, wanted.written)),
  "^": (it, wanted) => within(it, wanted, leading(wanted))
}

const spellings: Readonly<Record<string, string>> = { "": "=", "=>": ">=", "=<": "<=", "~>": "~" }

/**
 * Whether a version fits: `||` between alternatives, commas or
 * spaces between what must hold together, `A - B` for a range.
 */
const fits = (constraint: string, it: Version): boolean =>
  constraint.split("||").map((alternative) => {
    const ranges = alternative.replace(/(\S+)\s+-\s+(\S+)/g, ">=$1 <=$2").replace(/([=!<>~^])\s+/g, "$1")
    const parts = ranges.split(/[\s,]+/).filter((part) => part !== "")
    if (parts.length === 0) throw new Refusal(`improper constraint: ${constraint}`)
    return parts.map((part) => fitsOne(part, it, constraint)).every((matches) => matches)
  }).some((matches) => matches)

const fitsOne = (part: string, it: Version, constraint: string): boolean => {
  const [, operator, version] = /^(=>|=<|>=|<=|!=|~>|[=<>~^])?(.+)$/.exec(part)!
  const test = tests[spellings[operator ?? ""] ?? operator ?? "="]
  if (!pattern.test(version!)) throw new Refusal(`improper constraint: ${constraint}`)
  const wanted = read(version!)
  // A version that is not released fits only where such are spoken of.
  if (it.prerelease !== "" && wanted.prerelease === "" && operator !== "!=") return false
  return test!(it, wanted)
}

/** A version as expressions see it. */
const shown = (version: Version): Value => {
  const [major, minor, patch] = version.numbers.map((it) => BigInt(it))
  const main = `${major}.${minor}.${patch}`
  const whole = main + (version.prerelease && `-${version.prerelease}`) + (version.metadata && `+${version.metadata}`)
  return new Map<Value, Value>([
    ["Major", () => major!],
    ["Minor", () => minor!],
    ["Patch", () => patch!],
    ["Prerelease", () => version.prerelease],
    ["Metadata", () => version.metadata],
    ["Original", () => whole],
    ["String", () => whole]
  ])
}

/** By name. */
export const versions: Functions = {
  semver: (version) => shown(read(text(version))),
  semverCompare: (constraint, version) => fits(text(constraint), read(text(version)))
}
