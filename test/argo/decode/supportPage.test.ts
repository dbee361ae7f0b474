/** The page about fields of manifests: `npx vitest run test/argo/decode/supportPage.test.ts -u` writes it anew. */
import { join } from "node:path"
import { expect, test } from "vitest"
import { supportPage } from "./supportPage.ts"

test("The page about fields of manifests is what the table says", async () => {
  await expect(supportPage()).toMatchFileSnapshot(
    join(import.meta.dirname, "../../../docs/reference/manifest-fields.md")
  )
})
