/** What people read is plain English: pages, help, and the comments of the sources, which editors show. */
import { expect, it } from "vitest"
import { stiltedProse } from "../messages/stilted.ts"
import { list, read } from "../tidy/repository.ts"
import { pages } from "./Page.ts"

/** Lines with a stilted turn of phrase, with where they are. */
const stiltedLines = (path: string, text: string, isProse: (line: string) => boolean): ReadonlyArray<string> =>
  text.split("\n").flatMap((line, index) =>
    isProse(line) && stiltedProse.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []
  )

it("pages of documentation and of help are written in plain English", () => {
  const texts = [...pages(), { path: "src/README.md", text: read("src/README.md") }]
  expect(texts.flatMap(({ path, text }) => stiltedLines(path, text, () => true))).toEqual([])
})

it("comments of the sources are written in plain English", () => {
  const isComment = (line: string): boolean => /^\s*(?:\/\*\*|\*|\/\/)/.test(line)
  expect(["mod.ts", ...list("src")].flatMap((path) => stiltedLines(path, read(path), isComment))).toEqual([])
})

it("the checker knows what it looks for", () => {
  for (const it of ["this is no list", "it has not any", "in the meantime", "kept; who waits gets one"]) {
    expect(stiltedProse.test(it), it).toBe(true)
  }
  for (
    const it of ["there is no list", "it is no longer here", "there are no runs", "who waits and why", "meanwhile"]
  ) {
    expect(stiltedProse.test(it), it).toBe(false)
  }
})
