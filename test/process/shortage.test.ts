import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Exited, SpawnFailed } from "../../src/process/Executor.ts"
import { Groups } from "../../src/process/group/Groups.ts"
import { runGroup } from "../../src/process/group/runGroup.ts"
import { canMount, mountTmpfs } from "../sqlite/mount.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "shortage-"))
afterAll(() => removeTree(folder))

const path = process.env["PATH"] ?? ""
const shellsWork = process.platform === "linux" && !("Deno" in globalThis)
/** What tells whether a shell has started it. */
const script = shellsWork ? "echo it >/dev/stdout" : "echo it"

const fits = (file: string): boolean => {
  try {
    writeFileSync(file, "x".repeat(4_096))
    return true
  } catch {
    return false
  }
}

describe("Groups", () => {
  const { TMPDIR } = process.env
  let groups: Groups
  beforeEach(() => {
    groups = new Groups()
  })
  afterEach(() => {
    groups.close()
    if (TMPDIR === undefined) delete process.env["TMPDIR"]
    else process.env["TMPDIR"] = TMPDIR
  })

  const group = (...more: ReadonlyArray<string>): Effect.Effect<Exited, SpawnFailed> => {
    const args = ["-c", script, "sh", ...more]
    return runGroup({ program: "sh", args, env: { PATH: path }, cwd: "/", grace: 2_000, onOutput: undefined }, groups)
  }
  const run = (): Promise<Exited> => Effect.runPromise(group())

  it("say where there is no directory for temporary files, and start again when there is one", async () => {
    process.env["TMPDIR"] = join(folder, "later")
    const failures = await Promise.all([1, 2].map(() => Effect.runPromise(Effect.flip(group()))))
    for (const { message } of failures) expect(message).toContain(join(folder, "later"))
    mkdirSync(join(folder, "later"))
    expect((await run()).stdout).toBe("it\n")
  })

  it("go on when somebody has emptied the directory of temporary files", async () => {
    const place = join(folder, "emptied")
    mkdirSync(place)
    process.env["TMPDIR"] = place
    await Promise.all([run(), run()])
    for (const it of readdirSync(place)) rmSync(join(place, it), { recursive: true })
    for (let n = 0; n < 3; n++) expect(await run()).toMatchObject({ code: 0, stdout: "it\n" })
  })

  it.runIf(canMount)("do not start a part of a command for want of room", async () => {
    const place = mountTmpfs("64k")
    process.env["TMPDIR"] = place
    groups = new Groups()
    expect(await run()).toMatchObject({ code: 0, stdout: "it\n" })
    for (let n = 0; n < 100 && fits(join(place, String(n))); n++);
    rmSync(join(place, "0"))
    const long = await Effect.runPromise(group("x".repeat(20_000)))
    expect([0, 2]).toContain(long.code)
    for (const name of readdirSync(place)) if (!name.startsWith("pinnace-")) rmSync(join(place, name))
    expect(await run()).toMatchObject({ code: 0, stdout: "it\n" })
  })

  it("find their files by whatever name", async () => {
    const places = ["a b", "it's", '"$HOME`x`"', "two\nlines", "\\", "-n", "é", `${"x".repeat(200)}/${"y".repeat(200)}`]
    for (const place of [...places.map((it) => join(folder, it)), relative(process.cwd(), folder)]) {
      mkdirSync(place, { recursive: true })
      process.env["TMPDIR"] = place
      groups = new Groups()
      expect(await run(), place).toMatchObject({ code: 0, stdout: "it\n" })
      groups.close()
    }
  })
})

// Deno asks for more descriptors than it may have.
it.runIf(shellsWork)("A process without descriptors left says so of each group, and starts others later", () => {
  const program = join(import.meta.dirname, "many.ts")
  const { status, stderr, stdout } = spawnSync(
    "sh",
    ["-c", `ulimit -n 90; exec "$@"`, "sh", process.execPath, program],
    {
      encoding: "utf8"
    }
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  const [ends = "", again] = stdout.split("\n")
  for (const end of JSON.parse(ends)) expect(["ended\n", "failed to start sh: "]).toContain(end)
  expect(again).toBe("again")
})
