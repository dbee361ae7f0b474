/**
 * A real container engine with a storage of its own and one image, `localhost/box`, for one file of tests.
 *
 * Owns: the script that keeps the engine; what it made goes with this
 * process, however that ends, since the script watches its pipe.
 */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import type { EngineName } from "../../../src/process/container/Engine.ts"
import { removeTree } from "../../removeTree.ts"

/** An engine that is ready; this process's environment makes its program use it. */
export interface TestEngine {
  /** Runs the engine's program and answers what it printed. */
  readonly ask: (...args: ReadonlyArray<string>) => string
  readonly stop: () => Promise<void>
}

const needed = { podman: ["podman", "runc", "busybox"], docker: ["docker", "dockerd", "busybox"] }

const isInstalled = (engine: EngineName): boolean => {
  try {
    for (const program of needed[engine]) execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

/** Whether an engine can be started. Where it must be, because PINNACE_TEST_ENGINES names it, it is tried anyway. */
export const hasEngine = (engine: EngineName): boolean => {
  const required = process.env["PINNACE_TEST_ENGINES"]
  return required === undefined ? isInstalled(engine) : required.split(/\s+/).includes(engine)
}

/** Starts an engine. */
export const startEngine = async (engine: EngineName): Promise<TestEngine> => {
  const directory = join(mkdtempSync(join(tmpdir(), "pinnace-engine-")), "engine")
  const script = fileURLToPath(new URL(`${engine}.sh`, import.meta.url))
  const child = spawn(script, [directory], { stdio: ["pipe", "pipe", "pipe"] })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const printed = await new Promise<string>((resolve, reject) => {
    let output = ""
    let problems = ""
    child.stderr.setEncoding("utf8").on("data", (text) => problems += text)
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text
      if (output.endsWith("ready\n")) resolve(output)
    })
    child.once("close", (code) => reject(new Error(`${script} ended with ${code}: ${problems}`)))
  })
  const variables = Object.fromEntries(
    [...printed.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!])
  )
  Object.assign(process.env, variables)
  const ask = (...args: ReadonlyArray<string>): string =>
    execFileSync(engine, [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  const stop = async () => {
    child.stdin.end()
    await ended
    for (const name of Object.keys(variables)) delete process.env[name]
    removeTree(join(directory, ".."))
  }
  return { ask, stop }
}
