/** The page of errors knows every error, reason and code that users can meet. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { ArtifactReason } from "../../../src/artifact/ArtifactError.ts"
import { JournalReason } from "../../../src/journal/JournalError.ts"
import { LimitUnavailable } from "../../../src/lock/LimitUnavailable.ts"
import { root } from "../../examples/program.ts"
import { readPage, table } from "../Page.ts"

const page = readPage("docs/reference/errors.md")

/** The words in the first column under a heading. */
const rows = (heading: string): ReadonlyArray<string> =>
  table(page, heading).map(([name = ""]) => name.replaceAll("`", "")).toSorted()

/** The words of a union in a source. */
const union = (file: string, type: string): ReadonlyArray<string> => {
  const [, body = ""] = new RegExp(`export type ${type} =((?:\\s+\\| "[\\w-]+")+)`).exec(
    readFileSync(root + file, "utf8")
  )!
  return [...body.matchAll(/"([\w-]+)"/g)].map(([, word = ""]) => word).toSorted()
}

it("names every error that an entry of the package gives", async () => {
  const { exports } = JSON.parse(readFileSync(`${root}deno.json`, "utf8")) as { exports: Record<string, string> }
  const modules = await Promise.all(Object.values(exports).map((file) => import(root + file.slice(2))))
  const errors = modules.flatMap((it: object) => Object.entries(it)).flatMap(([name, it]) =>
    typeof it === "function" && it.prototype instanceof Error ? [name] : []
  )
  expect(errors.length).toBeGreaterThan(10)
  expect(errors.filter((name) => !page.text.includes(`\`${name}\``))).toEqual([])
})

it("explains every reason and every code", () => {
  expect(rows("When storage fails")).toEqual(JournalReason.literals.toSorted())
  expect(rows("When artifacts fail")).toEqual(ArtifactReason.literals.toSorted())
  expect(rows("When a limit cannot be read")).toEqual(LimitUnavailable.fields.reason.literals.toSorted())
  expect(rows("Mistakes in a workflow")).toEqual(union("src/plan/Issue.ts", "IssueCode"))
  expect(rows("Why a run failed")).toEqual(union("src/run/Phase.ts", "Reason"))
})
