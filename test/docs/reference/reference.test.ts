/** Pages that are made from the code: `npx vitest run test/docs/reference -u` writes them anew. */
import { expect, it } from "vitest"
import { root } from "../../examples/program.ts"
import { limitsPage } from "./limits.ts"

const pages = [
  { name: "limits", page: limitsPage }
]

it.each(pages)("docs/reference/$name.md is what the code says", async ({ name, page }) => {
  const text = page()
  expect(text).not.toContain("(not documented)")
  await expect(text).toMatchFileSnapshot(`${root}docs/reference/${name}.md`)
})
