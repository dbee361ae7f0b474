import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { labelOfSource } from "../../src/cli/arguments/source.ts"
import { readVariables } from "../../src/cli/arguments/variables.ts"
import { describeEnvironment, givenVariables } from "../../src/argo/Capabilities.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "variables-"))
const file = join(folder, "env")
afterAll(() => removeTree(folder))
writeFileSync(file, `# a comment\n\nexport A=1\nB="two words"\nC='x=y'\nD=\n`)

describe("variables for templates", () => {
  it("are read from files, this environment and the command line, which goes first", () => {
    process.env["PINNACE_TEST_A"] = "here"
    try {
      expect(readVariables({ env: ["PINNACE_TEST_A"], envFiles: [file] })).toEqual({
        A: "1",
        B: "two words",
        C: "x=y",
        D: "",
        PINNACE_TEST_A: "here"
      })
      expect(readVariables({ env: ["A", "PINNACE_TEST_A"], envFiles: [file], values: { PINNACE_TEST_A: "said" } }))
        .toMatchObject({ A: "1", PINNACE_TEST_A: "said" })
    } finally {
      delete process.env["PINNACE_TEST_A"]
    }
  })

  it("that a later command lacks are named with the remedy", () => {
    expect(() => readVariables({ env: ["PINNACE_TEST_NONE"] })).toThrow(
      "the templates expect the variable PINNACE_TEST_NONE (--env PINNACE_TEST_NONE), which is not set here. " +
        "Its value is not kept with the run: set it for this command"
    )
    expect(() => readVariables({ envFiles: [join(folder, "none")] })).toThrow("--env-file")
  })

  it("keep their values out of the record", () => {
    const kept = labelOfSource({ files: ["/a.yaml"], env: ["TOKEN"], envFiles: [file], values: { TOKEN: "hunter2" } })
    expect(JSON.parse(Object.values(kept)[0]!)).toEqual({ files: ["/a.yaml"], env: ["TOKEN"], envFiles: [file] })
  })

  it("of this host stay out of images", () => {
    const inherited = givenVariables({ inheritEnv: true, executor: "podman", env: { A: "1", B: undefined } })
    expect(inherited).toMatchObject({ A: "1" })
    expect(Object.keys(inherited)).not.toContain("PATH")
    expect(givenVariables({ inheritEnv: true })).toMatchObject({ PATH: process.env["PATH"] })
    expect(givenVariables({})).toEqual({})
  })

  it("are told", () => {
    expect(describeEnvironment({ env: { TOKEN: "x" } })).toMatch(/see PATH.*, and TOKEN; give others with --env/)
    expect(describeEnvironment({ inheritEnv: true })).toContain("all variables")
  })
})
