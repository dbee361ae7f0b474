/** Why a result was computed although results of its name were there: the parts that differ. Pure. */
import type { CachePart } from "../run/Event.ts"

/** One part of a key, beside that of the nearest result. */
export interface PartView {
  /** `code`, `input`, `env STAGE`, `file model.bin`, … */
  readonly part: string
  /** Whether it is that of the nearest result. */
  readonly same: boolean
  /** Its digest, and that of the nearest result; absent where it had no such part. */
  readonly is?: string
  readonly was?: string
  /** Files, packages or fields that differ. */
  readonly differ: ReadonlyArray<string>
}

/** Names and digests, as of the files of a code or the fields of an input. */
export type Digests = ReadonlyMap<string, string>

/** What is known of the two sides besides their parts. */
export interface Files {
  readonly was: Digests
  readonly is: Digests
}

/** The parts beside those of another result, those that differ first. */
export const compareParts = (
  is: ReadonlyArray<CachePart>,
  was: ReadonlyArray<CachePart>,
  files: Files
): ReadonlyArray<PartView> => {
  const before = new Map(was.map((part) => [part[0], part]))
  const now = new Map(is.map((part) => [part[0], part]))
  const names = [...new Set([...now.keys(), ...before.keys()])]
  const views = names.map((name) => viewOf(name, now.get(name), before.get(name), files))
  return [...views.filter(({ same }) => !same), ...views.filter(({ same }) => same)]
}

/** How many parts differ. */
export const distance = (is: ReadonlyArray<CachePart>, was: ReadonlyArray<CachePart>): number =>
  compareParts(is, was, none).filter(({ same }) => !same).length

const none: Files = { was: new Map(), is: new Map() }

const viewOf = (
  part: string,
  is: CachePart | undefined,
  was: CachePart | undefined,
  files: Files
): PartView => {
  const same = is?.[1] === was?.[1]
  const sides = part === "code" ? files : { is: fieldsOf(is), was: fieldsOf(was) }
  return {
    part,
    same,
    ...is === undefined ? {} : { is: is[1] },
    ...was === undefined ? {} : { was: was[1] },
    differ: same ? [] : differing(sides)
  }
}

const fieldsOf = (part: CachePart | undefined): Digests => new Map(Object.entries(part?.[2] ?? {}))

const differing = ({ is, was }: Files): ReadonlyArray<string> =>
  [...new Set([...is.keys(), ...was.keys()])].filter((name) => is.get(name) !== was.get(name)).sort()
