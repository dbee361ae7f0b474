/** What the pages in `docs/` say is proved by tests that they name: those are there, and are called so. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { list } from "../tidy/repository.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))
const tests = globSync("test/**/*{.test,Suite,Permits}.ts", { cwd: root }).map((path) =>
  readFileSync(join(root, path), "utf8")
)
  .join(
    "\n"
  )

/** Pages whose claims nobody could check by reading. */
const proved = ["security.md", "testing.md"]

it.each(pages)("docs/%s names tests that exist", (page) => {
  const whole = readFileSync(join(root, "docs", page), "utf8")
  const text = whole.replace(/^```[\s\S]*?^```/gm, "").replace(/\s+/g, " ")
  const files = [...text.matchAll(/`(test\/[\w/.-]+\.ts)`/g)].map(([, file]) => file!)
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  const names = [...text.matchAll(/(?:\(|: )"([^"]{12,})"(?=\)|,)/g)].map(([, name]) => name!)
  expect(names.filter((name) => !tests.includes(name))).toEqual([])
  if (proved.includes(page)) expect(names.length).toBeGreaterThan(0)
})

it("decisions and the map of the code name files that exist", () => {
  const texts = globSync("src/{decisions/*,README}.md", { cwd: root }).map((path) =>
    readFileSync(join(root, path), "utf8")
  )
  const named = texts.flatMap((text) => [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name!))
  const all = ["src", "test", "examples"].flatMap(list)
  expect(named.length).toBeGreaterThan(30)
  expect(
    named.filter((name) =>
      !name.includes("NAME") && !all.some((path) => `/${path}`.endsWith(`/${name.replace(/^[./]+/, "")}`))
    )
  )
    .toEqual([])
})
