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
  /** Its digest in the nearest result; absent where that had no such part. */
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

/** The digests of parts, by their names. */
export const digestsOf = (parts: ReadonlyArray<CachePart>): Digests =>
  new Map(parts.map(([name, digest]) => [name, digest]))

/** The digest of the code among parts. */
export const codeIn = (parts: ReadonlyArray<CachePart>): string => parts.find(([name]) => name === "code")?.[1] ?? ""

/** How many parts differ. */
export const distance = (is: Digests, was: Digests): number => differing({ is, was }).length

/** Names that are told; of more it is told how many. */
const toldMost = 3

/** That parts differ, as in `code (lib/helper.ts) and input (day) differ`; `""` where none does. */
export const differText = (parts: ReadonlyArray<PartView>): string => {
  const texts = parts.filter(({ same }) => !same).map(({ differ, part }) =>
    differ.length === 0 ? part : `${part} (${listed(differ)})`
  )
  if (texts.length < 2) return texts.map((text) => `${text} differs`).join("")
  return `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)!} differ`
}

const listed = (names: ReadonlyArray<string>): string => {
  const more = names.length - toldMost
  return more > 0 ? `${names.slice(0, toldMost).join(", ")} and ${more} more` : names.join(", ")
}

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
