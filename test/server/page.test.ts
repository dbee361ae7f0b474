/** The page as the server hands it out: to everybody who may call it, with rules that let it do nothing else. */
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { buildPage } from "../../build/page.ts"
import { open, type Pinnace } from "../../mod.ts"
import { handler } from "../../src/server/mod.ts"

let pinnace: Pinnace
beforeAll(async () => {
  const isBuilt = await import("#page").then(() => true, () => false)
  if (!isBuilt) await buildPage(fileURLToPath(new URL("../..", import.meta.url)))
  pinnace = await open(":memory:")
})
afterAll(() => pinnace.close())

const asked = (base: string, path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  handler(pinnace, { token: "a-token-of-the-tests", base })(
    new Request(`http://localhost${path}`, { method, headers })
  )

it("is there without a token, packed for whoever takes that, and known again", async () => {
  const page = await asked("", "/")
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self'")
  const html = await page.text()
  const names = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(1)
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style="|https?:/)
  for (const name of names) {
    const [plain, packed] = [
      await asked("", `/${name}`),
      await asked("", `/${name}`, { "accept-encoding": "gzip, br" })
    ]
    expect([plain.status, packed.headers.get("content-encoding")]).toEqual([200, "br"])
    expect(plain.headers.get("cache-control")).toContain("immutable")
    expect((await packed.arrayBuffer()).byteLength).toBeLessThan((await plain.arrayBuffer()).byteLength)
    const again = await asked("", `/${name}`, { "if-none-match": plain.headers.get("etag")! })
    expect(again.status).toBe(304)
  }
})

it("is beneath where it is mounted, and nothing else is there", async () => {
  const [bare, page] = [await asked("/flows", "/flows"), await asked("/flows", "/flows/")]
  expect([bare.status, bare.headers.get("location"), page.status]).toEqual([308, "/flows/", 200])
  for (const path of ["/assets/none.js", "/assets/__proto__", "/assets/constructor", "/index.html"]) {
    expect([path, (await asked("", path)).status]).toEqual([path, path.startsWith("/assets") ? 404 : 401])
  }
  expect((await asked("", "/", {}, "HEAD")).status).toBe(200)
  expect((await asked("", "/assets/x.js", {}, "POST")).status).toBe(401)
})
