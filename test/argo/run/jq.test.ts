import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it } from "vitest"
import { jqFilter } from "../../../src/argo/bodies/resource/jq.ts"
import { isExecutable } from "../../../src/process/findCommand.ts"
import { removeTree } from "../../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-jq-"))
afterAll(() => removeTree(folder))

const hasJq = (process.env["PATH"] ?? "").split(":").some((it) => isExecutable(join(it, "jq")))
const object = { status: { phase: "Running", list: [{ n: 1 }, { n: 2 }] }, name: "it's" }
const filtered = (filter: string) => Effect.runPromise(jqFilter(filter, object, folder))

describe.skipIf(!hasJq)("jqFilter (skipped without jq)", () => {
  it.each([
    [".status.phase", "Running"],
    [".name", "it's"],
    [".status.list[].n", "1\n2"],
    ['.none // "other"', "other"],
    [".none", "null"],
    ["-1", "-1"],
    [".status.list | map(.n) | add", "3"],
    ["{a: .status.phase}", '{"a":"Running"}']
  ])("%s", async (filter, text) => expect(await filtered(filter)).toBe(text))

  it("sees nothing of this process", async () => {
    process.env["JQ_TEST_SECRET"] = "secret"
    try {
      expect(await filtered("env.JQ_TEST_SECRET")).toBe("null")
    } finally {
      delete process.env["JQ_TEST_SECRET"]
    }
  })

  it.each([[".[", "failed: "], ['error("no")', "failed: "], ['import "a" as a; .', "may not import modules"]])(
    "%s is refused",
    (filter, why) => expect(filtered(filter)).rejects.toThrow(why)
  )
})
