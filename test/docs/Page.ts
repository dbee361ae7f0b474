/** A page of documentation as data: its programs with what they print, the commands, links and tables it shows. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, posix } from "node:path"
import { root } from "../examples/program.ts"

/** A program of a page and its output, under its heading. */
export interface Program {
  readonly heading: string
  readonly code: string
  readonly output: string
}

/** A file of a project that a page writes: its name stands behind the language of the block. */
export interface PageFile {
  readonly name: string
  readonly body: string
}

interface Fence extends PageFile {
  readonly heading: string
  readonly language: string
}

/** A page; `path` is relative to the repository. */
export interface Page {
  readonly path: string
  readonly text: string
  /** The programs; what a program prints stands in the block right after it. */
  readonly programs: ReadonlyArray<Program>
  /** The files that it writes, in their order. */
  readonly files: ReadonlyArray<PageFile>
  /** The lines of shell commands. */
  readonly commands: ReadonlyArray<string>
  /** Links to files of the repository, as paths from its root, with the anchor where there is one. */
  readonly links: ReadonlyArray<string>
}

/** The README, the pages beside it, and those of `docs/` with its folders. */
export const pages = (): ReadonlyArray<Page> =>
  [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    ...readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" }).filter(isPage).map(inDocs)
  ]
    .map(readPage)

/** The reference of the API is made for a release; it may be there or not. */
const isPage = (name: string): boolean => name.endsWith(".md") && !/^reference.api\b/.test(name)

const inDocs = (name: string): string => `docs/${name.replaceAll("\\", "/")}`

/** The page at a path. */
export const readPage = (path: string): Page => pageOf(path, readFileSync(root + path, "utf8"))

/** The page of a text. */
export const pageOf = (path: string, text: string): Page => {
  const fences = fencesOf(text)
  return {
    path,
    text,
    files: fences.filter(({ name }) => name !== ""),
    programs: fences.flatMap(({ body, heading, language, name }, index) =>
      language === "ts" && name === "" ? [{ heading, code: body, output: fences[index + 1]?.body ?? "" }] : []
    ),
    commands: fences.filter(({ language }) => language === "sh").flatMap(({ body }) => body.trim().split("\n")),
    links: [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, to = ""]) =>
      to.startsWith("#") ? path + to : posix.join(dirname(path), to)
    )
  }
}

const fencesOf = (text: string): ReadonlyArray<Fence> =>
  [...text.matchAll(/^```(\w+)(?: ([\w./-]+))?\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = "", 2: name = "", 3: body = "", index }) => ({
      heading: [...text.slice(0, index).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? "",
      language,
      name,
      body
    })
  )

/** The anchors of a page, made of its headings as GitHub makes them. */
export const anchors = ({ text }: Page): ReadonlyArray<string> =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  )

const entries = (): Readonly<Record<string, string>> => JSON.parse(readFileSync(`${root}deno.json`, "utf8")).exports

/**
 * The code with the package's entries replaced by their sources, as seen from a folder `depth` levels below the root.
 */
export const resolveEntries = (code: string, depth: number): string =>
  code.replace(
    /from "pinnace(\/[^"]*)?"/g,
    (_, name: string = "") => `from "${"../".repeat(depth)}${entries()[`.${name}`]?.slice(2)}"`
  )

/** The npm scripts that a page names. */
export const scripts = ({ text }: Page): ReadonlyArray<string> =>
  [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own ?? "")

/** The rows of the table under a heading, cell by cell, head excepted. */
export const table = ({ text }: Page, heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ""
  const rows = section.split("\n").filter((line) => line.startsWith("|"))
  return rows.slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()))
}
