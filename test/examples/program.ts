/** Runs a program of the repository on the runtime the tests run on. */
import { spawn } from "node:child_process"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import { removeTree } from "../removeTree.ts"

/** The root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url))

/** How a program ended, with all it printed. */
export interface Ended {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A directory of its own, removed after the test. */
export const makeDirectory = (): string => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return directory
}

// A copy of an example stands outside of the repository, and finds its packages all the same.
const launcher = "Deno" in globalThis ? ["run", "-A", "--config", `${root}deno.json`] : []

/** Runs a program to its end; its temporary files go to a directory that is removed then. */
export const run = (program: string, args: ReadonlyArray<string> = []): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
    const child = spawn(process.execPath, [...launcher, program, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", TMPDIR: directory }
    })
    const text = { stdout: "", stderr: "" }
    child.stdout.setEncoding("utf8").on("data", (part) => text.stdout += part)
    child.stderr.setEncoding("utf8").on("data", (part) => text.stderr += part)
    child.on("error", reject)
    child.on("close", (code, signal) => {
      removeTree(directory)
      resolve({ code: code ?? signal ?? "", ...text })
    })
  })
