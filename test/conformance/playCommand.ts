/** Plays one conformance case through an executable of the command, as a person would: `run FILE -o json`. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Case, sharedFolder } from "./Case.ts"
import { compare } from "./compare.ts"
import { removeTree } from "../removeTree.ts"

/** Whether a case can be played so: nothing is done to its run meanwhile. */
export const isPlain = ({ expected }: Case): boolean =>
  expected.actions === undefined && expected.server === undefined && expected.cron === undefined

/**
 * Runs the case in an empty directory with the given PATH and
 * nothing else in the environment; answers what is not as expected.
 */
export const playCommand = async (
  command: string,
  { expected, file, name }: Case,
  path: string
): Promise<ReadonlyArray<string>> => {
  const refused = expected.lint?.ok === false
  const shared = sharedFolder(name)
  const cwd = mkdtempSync(join(tmpdir(), "conformance-"))
  removeTree(shared)
  mkdirSync(shared, { recursive: true })
  try {
    const parameters = Object.entries(expected.submit?.parameters ?? expected.parameters ?? {})
    const given = parameters.flatMap(([key, value]) => ["-p", `${key}=${value}`])
    const { code, err, out } = await run(command, ["run", file, ...given, "-o", "json"], cwd, path)
    if (!refused) return out === "" ? [`ended with ${code}: ${err}`] : compare(JSON.parse(out), expected)
    const missing = (expected.lint?.mentions ?? []).filter((word) => !err.toLowerCase().includes(word.toLowerCase()))
    return [...(code === 64 ? [] : [`ended with ${code}`]), ...missing.map((word) => `does not mention "${word}"`)]
  } finally {
    removeTree(cwd)
    removeTree(shared)
  }
}

interface Done {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const run = (command: string, args: ReadonlyArray<string>, cwd: string, path: string): Promise<Done> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, env: { PATH: path }, stdio: ["ignore", "pipe", "pipe"] })
    let [out, err] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => out += text)
    child.stderr.setEncoding("utf8").on("data", (text: string) => err += text)
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, out, err }))
  })
