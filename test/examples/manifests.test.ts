/** The example manifests, run as users run them. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { makeDirectory, root, run } from "./program.ts"

const folder = `${root}examples/manifests/`

it.each(readdirSync(folder))("%s runs to its end and leaves its artifacts beside the state file", async (name) => {
  const db = join(makeDirectory(), "state.db")
  const { code, stderr, stdout } = await run(`${root}src/cli/main.ts`, ["run", folder + name, "--db", db, "-o", "json"])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  const { nodes, phase } = JSON.parse(stdout)
  const ended = Object.fromEntries(
    nodes.map((node: { displayName: string; phase: string }) => [node.displayName, node.phase])
  )
  expect([phase, ended]).toMatchObject(["Succeeded", {
    "test(2:flaky)": "Succeeded",
    "test(2:flaky)(0)": "Failed",
    publish: "Succeeded"
  }])
  expect(existsSync(`${db}-artifacts`)).toBe(true)
})
