/** How large the page is that browsers load. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { brotliDecompressSync, gzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { buildPage } from "../../build/page.ts"

it("the page has at most 120 KB, packed by gzip, whoever built it", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url))
  await buildPage(root)
  const text = readFileSync(`${root}/dist/page.js`, "utf8")
  const files = JSON.parse(text.slice(text.indexOf("{"))) as Readonly<Record<string, { readonly bytes: string }>>
  const sizes = Object.values(files).map(({ bytes }) =>
    gzipSync(brotliDecompressSync(Buffer.from(bytes, "base64"))).length
  )
  expect(sizes.reduce((sum, it) => sum + it, 0)).toBeLessThan(120_000)
})
