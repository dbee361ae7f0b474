/**
 * What people do to a state file, cut off on its way. Nothing that was there is lost, nothing half has the name of
 * something whole, what is refused is told with what to do next, and the same command then goes well.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Writable } from "node:stream"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { commandLine } from "../../src/cli/commandLine.ts"
import { removeTree } from "../removeTree.ts"
import { commandLine as program, makeDirectory } from "../sqlite/Child.ts"
import { canMount, mountReadOnly, mountTmpfs } from "../sqlite/mount.ts"
import { type At, makeUsual, type Operation, operations, runsIn } from "./operations.ts"
import { copyDead, watched } from "./Points.ts"

const isNode = !("Bun" in globalThis || "Deno" in globalThis)
const table = Object.entries(operations)
const inFolder = (folder: string): At => (name) => join(folder, name)

const usual = mkdtempSync(join(tmpdir(), "pinnace-operations-"))
// A file that is brought to this version is told of there.
const toldOf = vi.spyOn(process.stderr, "write").mockImplementation(() => true)
afterAll(() => toldOf.mockRestore())
beforeAll(() => makeUsual(inFolder(usual)))
afterAll(() => removeTree(usual))

/** A folder as an operation finds it. */
const begun = ({ prepare }: Operation, folder = makeDirectory()): At => {
  const at = inFolder(folder)
  for (const name of ["state.db", "other.tgz"]) copyFileSync(join(usual, name), at(name))
  prepare?.(at)
  return at
}

interface Said {
  readonly code: number
  readonly text: string
}

/** Uses the command of an operation in this process. */
const done = async ({ command }: Operation, at: At): Promise<Said> => {
  let text = ""
  const heard = () =>
    new Writable({
      write: (chunk, _, next) => {
        text += String(chunk)
        next()
      }
    })
  const streams = { out: heard(), err: heard() }
  const code = await commandLine(command(at), { program: "pinnace", workflows: [], streams })
  return { code, text }
}

/** It went well; the run that waits is a problem of its own to `doctor`, which says so. */
const isWell = ({ code, text }: Said): boolean => code === 0 || (code === 1 && /Repaired|Rows +as/.test(text))

const wellDone = async (operation: Operation, at: At): Promise<void> => {
  const said = await done(operation, at)
  expect(isWell(said) ? "" : said.text).toBe("")
  await operation.judge(at, true)
  expect(halves(at)).toEqual([])
}

const halves = (at: At): ReadonlyArray<string> => readdirSync(at(".")).filter((name) => /partial$|restoring/.test(name))

/** Moments that are judged of each operation: as many as one waits for. */
const most = 8

describe.skipIf(!isNode)("killed at a call of the disk or of SQLite", () => {
  it.each(table)("%s loses nothing, leaves nothing half, and goes well when it is done again", async (_, operation) => {
    let many = 0
    const whole = begun(operation)
    await watched(() => void many++, () => done(operation, whole))
    expect(many).toBeGreaterThan(most)
    const at = begun(operation)
    const moments = new Map<number, At>()
    const wanted = Array.from({ length: most }, (_, index) => Math.floor((index + 1) * many / (most + 0.5)))
    let passed = 0
    const pass = (): void => {
      if (!wanted.includes(passed++)) return
      const folder = makeDirectory()
      copyDead(at("."), folder)
      moments.set(passed, inFolder(folder))
    }
    await watched(pass, () => done(operation, at))
    expect(moments.size).toBeGreaterThan(most / 2)
    for (const moment of moments.values()) {
      await operation.judge(moment, false)
      // What has its name is whole, and is not written again.
      if (operation.makes !== undefined && existsSync(moment(operation.makes))) continue
      const said = await done(operation, moment)
      expect(isWell(said) || /already|has a run with that id/.test(said.text) ? "" : said.text).toBe("")
      await operation.judge(moment, isWell(said))
      expect(halves(moment)).toEqual([])
    }
  })
})

const full = /(disk|volume|device).*full|no space|SQLITE_FULL/i

describe.skipIf(!canMount || !isNode)("on a full disk (skipped without root on Linux)", () => {
  it.each(table)("%s loses nothing, says what to do, and goes well once there is room", async (_, operation) => {
    const at = begun(operation, mountTmpfs("1m"))
    fill(at("filler"))
    const said = await done(operation, at)
    if (!isWell(said)) expect(said.text).toMatch(full)
    rmSync(at("filler"))
    await operation.judge(at, isWell(said))
    expect(halves(at)).toEqual([])
    if (!isWell(said)) await wellDone(operation, at)
  })
})

/** Takes all the room that there is, to the last block. */
const fill = (file: string): void => {
  for (let size = 65_536; size >= 512; size = Math.floor(size / 2)) {
    try {
      while (true) writeFileSync(file, Buffer.alloc(size, 1), { flag: "a" })
    } catch {
      // That much has no room any more.
    }
  }
}

describe.skipIf(!canMount || !isNode)("where it cannot write (skipped without root on Linux)", () => {
  it.each(table)("%s is refused, and says what to do", async (_, operation) => {
    const at = begun(operation)
    const { path, remove } = mountReadOnly(operation.makes === undefined ? at(".") : makeDirectory())
    const there: At = (name) => operation.makes === undefined || name === operation.makes ? join(path, name) : at(name)
    const said = await done(operation, there)
    remove()
    expect(isWell(said) ? said : said.code).not.toBe(0)
    expect(said.text).toMatch(/cannot be written|read-only|may only read|may not write/)
    await operation.judge(at, false)
    expect(halves(at)).toEqual([])
    await wellDone(operation, at)
  })
})

describe.skipIf(!isNode)("where what it makes is there already", () => {
  const making = table.filter(([, { makes }]) => makes !== undefined)
  it.each(making)("%s is refused, leaves it alone, and goes well under another name", async (_, operation) => {
    const at = begun(operation)
    const makes = at(operation.makes!)
    writeFileSync(makes, "somebody's own")
    const said = await done(operation, at)
    expect(said.code).not.toBe(0)
    expect(said.text).toMatch(/exists|is there already/)
    expect(said.text).toMatch(/another|move it away/)
    expect(readFileSync(makes, "utf8")).toBe("somebody's own")
    rmSync(makes)
    await operation.judge(at, false)
    expect(halves(at)).toEqual([])
    await wellDone(operation, at)
  })
})

describe("beside files whose names begin as that of what it makes", () => {
  const making = table.filter(([, { makes }]) => makes !== undefined)
  it.each(making)("%s leaves them alone", async (_, operation) => {
    const at = begun(operation)
    const [stem = ""] = operation.makes!.split(".")
    const others = [`${operation.makes}.old`, `${operation.makes}.12-34.partially`, `${stem}.txt`]
    for (const name of others) writeFileSync(at(name), name)
    await wellDone(operation, at)
    for (const name of others) expect(readFileSync(at(name), "utf8")).toBe(name)
  })
})

describe.skipIf(!isNode)("with Ctrl-C on the way", () => {
  const cut = ["backup", "restore", "archive", "deletion", "export"] as const
  it.each(cut)("%s leaves nothing half, says how to go on, and that goes well", async (name) => {
    const operation = operations[name]!
    const at = begun(operation)
    const [node = "", ...script] = program("node", "operations/cut")
    const { signal, stderr } = spawnSync(node, [...script, "5", ...operation.command(at)], { encoding: "utf8" })
    expect(signal).toBe("SIGINT")
    expect(stderr).toBe(
      `Stopped; nothing half is left. Again with: pinnace ${operation.command(at).join(" ")}\n`
    )
    await operation.judge(at, false)
    expect(halves(at)).toEqual([])
    if (operation.makes === undefined || !existsSync(at(operation.makes))) await wellDone(operation, at)
  })
})

describe.skipIf(!isNode)("while another process writes all the time", () => {
  it("each goes well, but for a copy, which would have open runs twice", async () => {
    const at = begun(operations["backup"]!)
    const [node = "", ...script] = program("node", "operations/writer")
    const writer = spawn(node, [...script, at("state.db")], { stdio: ["ignore", "pipe", "inherit"] })
    onTestFinished(() => void writer.kill("SIGKILL"))
    await once(writer.stdout, "data")
    const left: Array<string> = []
    for (const [name, operation] of table) {
      if (name === "migration") continue
      const said = await done(operation, at)
      if (!isWell(said)) left.push(`${name}: ${said.text}`)
      else if (/\.db$/.test(operation.makes ?? "")) expect(await runsIn(at(operation.makes!))).toContain("waits")
      expect(writer.exitCode).toBe(null)
    }
    expect(left).toEqual([
      expect.stringMatching(/^copy: .*living processes execute .*Stop these processes, then copy again/)
    ])
    writer.kill("SIGKILL")
    await once(writer, "close")
    const runs = await runsIn(at("state.db"))
    expect(runs).toContain("waits")
    expect(runs.filter((id) => /^run-|^other/.test(id))).toEqual([])
    expect(halves(at)).toEqual([])
  })
})
