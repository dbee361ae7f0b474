/** What JSR users get: the sources and the built page, as `deno publish` would send them. */
import { expect, it } from "vitest"
import { root, run } from "./Scratch.ts"

/**
 * The sources have been checked by the compiler; `.ci/run` has
 * Deno's check them too, which takes longer than all the rest.
 */
const dryRun = ["publish", "--dry-run", "--allow-dirty", "--no-check"]

it("The JSR package passes a dry run that sends only sources and the page", () => {
  // The option is for what the next test allows, and for nothing else.
  const { code, output } = run(root, "deno", ...dryRun, "--allow-slow-types")
  expect(code, output).toBe(0)
  const sent = [...output.matchAll(/^\s+file:\/\/(\S+) \(/gm)].map((it) => it[1]?.slice(root.length) ?? "")
  expect(sent.filter((file) => !/^(mod\.ts|src\/.*\.(ts|md)|dist\/page\.js|README\.md|LICENSE|deno\.json)$/.test(file)))
    .toEqual([])
  expect(sent).toContain("mod.ts")
  expect(sent).toContain("dist/page.js")
})

it("The public API of the JSR package has explicit types everywhere but in the base classes that Schema makes", () => {
  const { output } = run(root, "deno", ...dryRun)
  const slow = [...output.matchAll(/^error\[(\S+)\].*\n\s*-->\s(\S+)/gm)].map(([, code = "", place = ""]) =>
    `${code} ${place}`
  )
  expect(slow.filter((it) => !it.startsWith("unsupported-super-class-expr "))).toEqual([])
  expect(slow.length > 0 || output.includes("Success"), output).toBe(true)
})
