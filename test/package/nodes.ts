/**
 * The further versions of Node that are supported, where they can be had: `node test/package/nodes.ts` installs each in
 * a folder of its own, and runs with it the built command, the programs of the documentation and the examples.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

/** The versions besides the one that the tests run on. */
export const nodes: ReadonlyArray<string> = ["22.23.3", "26.10.0"]

const root = fileURLToPath(new URL("../../", import.meta.url))
const tests = ["test/docs/programs.test.ts", "test/examples/examples.test.ts"]

/** Installs a version; the path of its program, or `undefined` where it cannot be had. */
const install = (version: string): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), `pinnace-node-${version}-`))
  const manifest = { name: "node", private: true, allowScripts: { node: true } }
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
  spawnSync("npm", ["install", "--no-audit", "--no-fund", `node@${version}`], {
    cwd: folder,
    stdio: "ignore",
    timeout: 180_000
  })
  const node = join(folder, "node_modules/.bin/node")
  return existsSync(node) ? node : undefined
}

/** Runs a program of Node on arguments, in the repository; whether it succeeds. */
const succeeds = (node: string, ...args: ReadonlyArray<string>): boolean =>
  spawnSync(node, args, { cwd: root, stdio: "inherit" }).status === 0

const test = (node: string): boolean =>
  succeeds(node, "dist/bin/pinnace.js", "run", "examples/manifests/ci.yaml", "--db", ":memory:") &&
  succeeds(node, "node_modules/vitest/vitest.mjs", "run", ...tests)

if (import.meta.main) {
  for (const version of nodes) {
    const node = install(version)
    if (node === undefined) process.stdout.write(`Node ${version} cannot be had here: it is not tested.\n`)
    else if (!test(node)) process.exitCode = 1
  }
}
