/** Pages that are made from the code: `npx vitest run test/docs/reference -u` writes them anew. */
import { expect, it } from "vitest"
import { root } from "../../examples/program.ts"
import { list, read } from "../../tidy/repository.ts"
import { configurationPage, variables } from "./configuration.ts"
import { limitsPage } from "./limits.ts"

const pages = [
  { name: "configuration", page: configurationPage },
  { name: "limits", page: limitsPage }
]

it.each(pages)("docs/reference/$name.md is what the code says", async ({ name, page }) => {
  const text = page()
  expect(text).not.toContain("(not documented)")
  await expect(text).toMatchFileSnapshot(`${root}docs/reference/${name}.md`)
})

/** Variables that are the system's own, or pass between our own processes. */
const inner = /^(?:PATH|HOME|PINNACE_(?:BUILD|ANNOUNCEMENT|GIT_\w+))$/

it("names every variable that the sources read", () => {
  const named = list("src").filter((path) => !path.startsWith("src/page/")).flatMap((path) =>
    [...read(path).matchAll(/\benv\["([A-Z_]+)"\]|"(OTEL_[A-Z_]+)"/g)].map(([, name, otel]) => name ?? otel ?? "")
  )
  expect(new Set(named).size).toBeGreaterThan(8)
  expect(named.filter((name) => !(name in variables) && !inner.test(name))).toEqual([])
})
