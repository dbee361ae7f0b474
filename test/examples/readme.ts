/** The README as data: its programs with what they print, the commands and tables it shows. */
import { readFileSync } from "node:fs"
import { root } from "./program.ts"

/** The text of the README. */
export const text = readFileSync(`${root}README.md`, "utf8")

/** A program of the README and its output, under its heading. */
export interface Block {
  readonly heading: string
  readonly code: string
  readonly output: string
}

interface Fence {
  readonly heading: string
  readonly language: string
  readonly body: string
}

const fences = (): ReadonlyArray<Fence> =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language = "", 2: body = "", index }) => ({
    heading: [...text.slice(0, index).matchAll(/^## (.+)$/gm)].at(-1)?.[1] ?? "",
    language,
    body
  }))

/** The programs; what a program prints stands in the block right after it. */
export const blocks = (): ReadonlyArray<Block> => {
  const all = fences()
  return all.flatMap(({ body, heading, language }, index) =>
    language === "ts" ? [{ heading, code: body, output: all[index + 1]?.body ?? "" }] : []
  )
}

const entries: Readonly<Record<string, string>> = {
  "pinnace": "mod.ts",
  "pinnace/effect": "src/embed/effect.ts",
  "pinnace/cli": "src/cli/mod.ts",
  "pinnace/testing": "src/testing/mod.ts",
  "pinnace/manifest": "src/argo/mod.ts"
}

/**
 * The code with the package's entries replaced by their sources, as seen from a folder `depth` levels below the root.
 */
export const resolveEntries = (code: string, depth: number): string =>
  code.replace(/from "(pinnace[^"]*)"/g, (_, name: string) => `from "${"../".repeat(depth)}${entries[name]}"`)

/** The npm scripts the README names. */
export const scripts = (): ReadonlyArray<string> =>
  [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own ?? "")

/** The files the README links to or names as a program. */
export const files = (): ReadonlyArray<string> =>
  [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = ""]) => path)

/** The rows of the table under a heading, cell by cell, head excepted. */
export const table = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ""
  const rows = section.split("\n").filter((line) => line.startsWith("|"))
  return rows.slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()))
}
