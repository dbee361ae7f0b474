/** What a run is, is recorded; what its nodes are called says nothing about it. */
import { copyFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { task, workflow } from "../../mod.ts"
import { Here } from "./Here.ts"

const entry = task("entry", { run: () => "done" })
const main = task("main", { run: async (_, { call }) => void await call("entry", entry) })
const typed = workflow("typed", {}, (w) => void w.node("main", main))

it("a typed task `main` that calls `entry` is shown as what it is", async () => {
  using here = new Here([typed as never])
  await here.ok("run", "typed", "--id", "r")
  const { nodes } = JSON.parse(await here.ok("get", "r", "-o", "json"))
  expect(nodes.map(({ id }: { id: string }) => id)).toEqual(["main", "main/entry"])
  expect((await here.run("node", "set", "r", "-p", "a=b")).err).toContain("run r does not come from a manifest")
})

it("runs of files from before are shown as what they were", async () => {
  using here = new Here()
  copyFileSync(fileURLToPath(new URL("../sqlite/files/v5-runs.db", import.meta.url)), here.db)
  const shown = async (id: string) => JSON.parse(await here.ok("get", id, "-o", "json")).nodes
  expect(await shown("typed-run")).toMatchObject([{ id: "main" }, { id: "main/entry" }])
  expect((await shown("failed-run")).map(({ displayName }: { displayName: string }) => displayName))
    .toEqual(["failing", "[0]", "one"])
  expect(await shown("killed-run")).toHaveLength(5)
})
