/**
 * Builds one executable with everything in it, `dist/pinnace`, for
 * the platform it is built on: command, engine, SQLite, manifests.
 *
 * A TypeScript module that it runs gets `pinnace` from within the executable.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { digestOfPath } from "../src/sources/CodeGraph.ts"
import { buildPage } from "./page.ts"

const root = fileURLToPath(new URL("../", import.meta.url))
const target = process.argv[2] ?? join(root, "dist/pinnace")

const entry = `
import process from "node:process"
import driver from "better-sqlite3/${process.platform}-${process.arch}"
import { cli } from "../../src/cli/mod.ts"

Bun.plugin({
  name: "pinnace",
  setup(build) {
    build.module("pinnace", async () => ({ exports: await import("../../mod.ts"), loader: "object" }))
  }
})
const code = await cli([], { driver })
await new Promise((resolve) => process.stdout.write("", resolve))
process.exit(code)
`

await buildPage(root)
mkdirSync(join(root, "dist"), { recursive: true })
const draft = mkdtempSync(join(root, "dist/binary-"))
try {
  writeFileSync(join(draft, "main.ts"), entry)
  const stamp = `PINNACE_BUILD=${JSON.stringify(digestOfPath(join(root, "src")))}`
  const options = ["--compile", "--minify", "--bytecode", "--format", "esm", "--define", stamp, "--outfile", target]
  const { error, status } = spawnSync(
    join(root, "node_modules/.bin/bun"),
    ["build", join(draft, "main.ts"), ...options, "--external", "@aws-sdk/credential-providers"],
    { cwd: root, stdio: "inherit" }
  )
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
} finally {
  rmSync(draft, { recursive: true, force: true })
}
process.stdout.write(`${target}: ${(statSync(target).size / 1e6).toFixed(1)} MB\n`)
