/** Stand-ins for what images bring, run by the shell of this host. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { defaultCommand, installTools } from "../../src/process/tools.ts"
import { removeTree } from "../removeTree.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinnace-tools-"))
  installTools(join(folder, "bin"), "")
})
afterAll(() => removeTree(folder))

const cowsay = (args: ReadonlyArray<string>, input = ""): ReadonlyArray<string> =>
  execFileSync("sh", [join(folder, "bin", "cowsay"), ...args], { input, encoding: "utf8" }).split("\n")

describe("cowsay", () => {
  it("says its arguments, with the whale of its image", () => {
    const said = cowsay(["hello", "world"])
    expect(said.slice(0, 4)).toEqual([" _____________ ", "< hello world >", " ------------- ", "    \\"])
    expect(said.join("\n")).toContain('/""""""""""""""""___/ ===')
  })

  it.each([
    [["-f", "tux", "hi"], ""],
    [[], "hi\n"],
    [["-e", "oo"], "hi"]
  ])("with %j takes what it need not know", (args, input) => {
    expect(cowsay(args, input).slice(0, 3)).toEqual([" ____ ", "< hi >", " ---- "])
  })

  it("breaks lines after forty columns, and where they break", () => {
    const said = cowsay(["one two three four five six seven eight nine ten eleven"])
    expect(said.slice(0, 4)).toEqual([
      " _________________________________________ ",
      "/ one two three four five six seven eight \\",
      "\\ nine ten eleven                         /",
      " ----------------------------------------- "
    ])
    expect(cowsay([], "a\nbb\nccc").slice(1, 4)).toEqual(["/ a   \\", "| bb  |", "\\ ccc /"])
  })
})

describe("an image without a command", () => {
  it.each([
    ["alpine:3.20", ["sh"]],
    ["docker.io/library/python:3.12-slim", ["python3"]],
    ["localhost:5000/tools/helm@sha256:abc", ["helm"]],
    ["constructor", undefined],
    ["docker/whalesay", undefined]
  ])("%s runs %j", (image, command) => expect(defaultCommand(image)).toEqual(command))
})

it("a stand-in of an earlier version is replaced", () => {
  const file = join(folder, "bin", "argosay")
  const today = readFileSync(file, "utf8")
  writeFileSync(file, "#!/bin/sh\necho old\n")
  installTools(join(folder, "bin"), "")
  expect(readFileSync(file, "utf8")).toBe(today)
})
