/** The executable made of Node: built, moved to an empty directory, and run there with nothing on its path. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { casesOf } from "../conformance/Case.ts"
import { isPlain, playCommand } from "../conformance/playCommand.ts"
import { removeTree } from "../removeTree.ts"
import { root, run } from "./Scratch.ts"

const work = mkdtempSync(join(tmpdir(), "pinnace-sea-"))
const command = join(work, "bin/pinnace")
const empty = join(work, "empty")
const temporary = join(work, "tmp")
beforeAll(() => {
  for (const folder of ["bin", "empty", "tmp"]) mkdirSync(join(work, folder))
  expect(run(root, "node", "build/sea.ts", command)).toMatchObject({ code: 0 })
})
afterAll(() => removeTree(work))

const bare = (...args: ReadonlyArray<string>) => {
  const options = { cwd: empty, env: { PATH: "", TMPDIR: temporary }, encoding: "utf8" } as const
  const { status, stderr, stdout } = spawnSync(command, args, options)
  return { code: status, out: stdout, err: stderr }
}

const flow = `
import { Schema, task, workflow } from "pinnace"
const double = task("double", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }: { n: number }) => n * 2 })
export const flow = workflow("flow", { input: { n: Schema.Number } }, (w) => w.node("double", double, { input: { n: w.input.n } }))
`

describe("the executable made of Node", () => {
  it("runs a TypeScript module, which gets the library from within, here and in the background", () => {
    writeFileSync(join(empty, "flow.ts"), flow)
    expect(bare("run", "flow.ts", "-p", "n=21", "--id", "flow-1")).toMatchObject({
      code: 0,
      out: expect.stringContaining("output = 42\n"),
      err: ""
    })
    expect(bare("submit", "flow.ts", "-p", "n=2", "--wait", "--id", "flow-2")).toMatchObject({ code: 0, err: "" })
    expect(bare("list", "-o", "name").out).toBe("flow-2\nflow-1\n")
    expect(bare("doctor").out).toContain("✔ Integrity        ok\n")
    expect(bare("version").out).toContain("(Node ")
  })

  it("leaves nothing of its driver behind", () => {
    expect(readdirSync(temporary)).toEqual([])
  })

  it.each(
    casesOf([join(root, "test/conformance/cases")]).filter(isPlain).filter((_, at) => at % 24 === 0)
  )("plays $name as the engine does", async (it) => {
    expect(await playCommand(command, it, "")).toEqual([])
  })
})
