/** What JSR users get: the sources, as `deno publish` would send them. */
import { expect, it } from "vitest"
import { root, run } from "./Scratch.ts"

it("The JSR package passes a dry run: types are explicit, names resolve, only sources are sent", () => {
  const { code, output } = run(root, "deno", "publish", "--dry-run", "--allow-dirty")
  expect(output).not.toContain("Warning")
  expect(code, output).toBe(0)
  const sent = [...output.matchAll(/file:\/\/\S*?\/((?:src\/|mod\.ts|test\/|examples\/|node_modules\/|dist\/)\S*)/g)]
    .map((it) => it[1] ?? "")
  expect(sent.filter((file) => !/^(mod\.ts|src\/.*\.(ts|md))$/.test(file))).toEqual([])
  expect(sent).toContain("mod.ts")
}, 60_000)
