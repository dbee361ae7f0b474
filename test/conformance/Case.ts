/** Conformance cases: a manifest, and beside it what its run must be like. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Expectation } from "./Expectation.ts"

/** One of them. */
export interface Case {
  readonly file: string
  /** Its file's name without the ending; no two cases of ours have the same. */
  readonly name: string
  readonly text: string
  readonly expected: Expectation
}

const here = fileURLToPath(new URL(".", import.meta.url))
const own = join(here, "..", "manifests")

/** Where the given cases and our own are. */
export const caseFolders = (): ReadonlyArray<string> => [
  join(here, "cases"),
  ...readdirSync(own).map((outcome) => join(own, outcome))
]

/** All cases of some folders. */
export const casesOf = (folders: ReadonlyArray<string>): ReadonlyArray<Case> =>
  folders.flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith(".yaml")).map((name) => join(folder, name))
  ).filter((file) => existsSync(expectationOf(file))).map(readCase)

const expectationOf = (file: string): string => file.replace(/\.yaml$/, ".expect.json")

const readCase = (file: string): Case => ({
  file,
  name: basename(file, ".yaml"),
  text: readFileSync(file, "utf8"),
  expected: JSON.parse(readFileSync(expectationOf(file), "utf8")) as Expectation
})

/** The same case with a name of its own, so that both can be played at once: its files are others. */
export const renamed = (it: Case, name: string): Case => {
  const swap = (text: string): string => text.replaceAll(sharedFolder(it.name), sharedFolder(name))
  return { ...it, name, text: swap(it.text), expected: JSON.parse(swap(JSON.stringify(it.expected))) as Expectation }
}

/** The folder on the host that a case may write to. */
export const sharedFolder = (name: string): string => `/tmp/mus-${name}`
