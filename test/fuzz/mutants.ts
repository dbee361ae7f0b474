/** Manifests that were changed at random, in their values or in their text. The same seed gives the same manifest. */
import { parseAllDocuments, stringify } from "yaml"
import { type Random, seeded } from "../run/random.ts"
import { caseFolders, casesOf } from "../conformance/Case.ts"
import { mutate } from "./mutate.ts"

/** A manifest, and the chance that goes on with it. */
export interface Mutant {
  readonly text: string
  readonly random: Random
}

let known: ReadonlyArray<string> | undefined

// Inline templates have no names by which they could be replaced.
const originals = (): ReadonlyArray<string> =>
  known ??= casesOf(caseFolders()).map(({ text }) => text).filter((text) => !text.includes("inline:"))

/** The manifest of a seed. */
export const mutantOf = (seed: number): Mutant => {
  const random = seeded(seed)
  const original = random.pick(originals())
  const text = random.chance(0.75) ? withValues(original, random) : original
  return { text: random.chance(0.3) ? withText(text, random) : text, random }
}

const withValues = (text: string, random: Random): string =>
  parseAllDocuments(text, { logLevel: "silent" }).map((it) =>
    stringify(mutate(it.toJS(), random), { aliasDuplicateObjects: false })
  ).join(
    "---\n"
  )

/** What hands and editors do to a text: what comes out is often no YAML any more. */
const withText = (text: string, random: Random): string => {
  const lines = text.split("\n")
  const at = random.below(lines.length)
  const line = lines[at]!
  const edits: ReadonlyArray<() => ReadonlyArray<string>> = [
    () => [],
    () => [line, line],
    () => [` ${line}`],
    () => [line.trimStart()],
    () => [`\t${line}`],
    () => [line.slice(0, random.below(line.length + 1))],
    () => [line.replace(":", "")],
    () => [`${line} # {{`],
    () => [line.replace(/["'\]}]/, "")],
    () => [`${line} &a *a`],
    () => [`${line} !!binary x`],
    () => [line, "---"],
    () => [line, "<<: *none"]
  ]
  return lines.toSpliced(at, 1, ...random.pick(edits)()).join("\n")
}
