import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { findCommand, isExecutable } from "../../src/process/findCommand.ts"
import { installTools } from "../../src/process/tools.ts"
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "netcat-"))
const nc = join(folder, "tools", "nc")
const python = findCommand("python3", process.env["PATH"] ?? "", isExecutable)
afterAll(() => removeTree(folder))

beforeAll(() => {
  // A host with python3 and without nc.
  mkdirSync(join(folder, "host"))
  symlinkSync(python, join(folder, "host", "python3"))
  installTools(join(folder, "tools"), join(folder, "host"))
})

/** A listener on a port that was free, once it listens. */
const listening = async (
  ...args: ReadonlyArray<string>
): Promise<{ readonly port: string; readonly child: ChildProcess }> => {
  const child = spawn(nc, ["-v", ...args], { stdio: ["ignore", "ignore", "pipe"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const [line] = await new Promise<ReadonlyArray<string>>((resolve) =>
    child.stderr.setEncoding("utf8").once("data", (text: string) => resolve(/\d+/.exec(text) ?? []))
  )
  return { port: line!, child }
}

const client = (
  input: string,
  ...args: ReadonlyArray<string>
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    const child = execFile(nc, [...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }))
    child.stdin!.end(input)
  })

it("a stand-in for nc serves many connections, each by a program", async () => {
  const { port } = await listening("-lk", "-p", "0", "-e", "/bin/sh", "-c", "read word; echo got $word")
  expect(await client("a\n", "127.0.0.1", port)).toMatchObject({ code: 0, out: "got a\n" })
  expect(await client("b\n", "127.0.0.1", port)).toMatchObject({ code: 0, out: "got b\n" })
  expect(await client("", "-z", "-w", "60", "127.0.0.1", port)).toMatchObject({ code: 0, out: "" })
})

it("a stand-in for nc that listens once ends with its connection, and then nobody is there", async () => {
  const { child, port } = await listening("-l", "-p", "0", "-e", "/bin/echo", "once")
  const ended = new Promise((resolve) => child.once("exit", resolve))
  expect((await client("", "127.0.0.1", port)).out).toBe("once\n")
  expect(await ended).toBe(0)
  expect(await client("", "127.0.0.1", port)).toMatchObject({ code: 1, err: expect.stringContaining("refused") })
})

it("a stand-in for nc says what it does not know", async () => {
  expect((await client("", "-u", "127.0.0.1", "1")).err).toContain("-u")
})

it("two stand-ins for nc listen on one port, as those of two pods do", async () => {
  const { port } = await listening("-lk", "-p", "0", "-e", "/bin/echo", "one")
  await listening("-lk", "-p", port, "-e", "/bin/echo", "two")
  expect((await client("", "127.0.0.1", port)).out).toMatch(/^(one|two)\n$/)
})
