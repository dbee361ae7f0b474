/**
 * Builds the command as a single executable application of Node, `dist/pinnace-node`, for the platform it is built on:
 * the Node that runs this script with command, engine, SQLite and manifests inside.
 *
 * The driver of SQLite is a library that only a file can be loaded from:
 * each start writes it into a directory of its own and removes that at once.
 * A TypeScript module that it runs gets `pinnace` from within the executable.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { digestOfPath } from "../src/sources/CodeGraph.ts"
import { buildPage } from "./page.ts"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("../", import.meta.url))
const target = process.argv[2] ?? join(root, "dist/pinnace-node")
const addon = join(root, `node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`)

/** What a user's module imports from `pinnace`, by name: it is loaded when a module asks for it. */
const names = Object.keys(await import("../mod.ts"))

const entry = `
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { getRawAsset } from "node:sea"
import Database from "better-sqlite3"
import { cli } from "../../src/cli/mod.ts"

let nativeBinding
const loadAddon = () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-"))
  try {
    const file = join(folder, "better_sqlite3.node")
    writeFileSync(file, new Uint8Array(getRawAsset("better_sqlite3.node")))
    const module = { exports: {} }
    process.dlopen(module, file)
    return module.exports
  } finally {
    // What is loaded stays loaded; a system that does not let it go keeps the directory.
    try { rmSync(folder, { recursive: true, force: true }) } catch {}
  }
}
function driver(path, options) {
  nativeBinding ??= loadAddon()
  return new Database(path, { ...options, nativeBinding })
}

const within = "pinnace:within"
globalThis[Symbol.for(within)] = () => import("../../mod.ts")
const source = ${
  JSON.stringify(
    `const all = await globalThis[Symbol.for("pinnace:within")]()\n${
      names.map((name) => `export const ${name} = all.${name}`).join("\n")
    }\n`
  )
}
registerHooks({
  resolve: (name, context, next) =>
    name === "pinnace" ? { url: within, format: "module", shortCircuit: true } : next(name, context),
  load: (url, context, next) => url === within ? { format: "module", source, shortCircuit: true } : next(url, context)
})

const main = async () => {
  const code = await cli([], { driver })
  await new Promise((resolve) => process.stdout.write("", resolve))
  process.exit(code)
}
void main()
`

const run = (program: string, ...args: ReadonlyArray<string>): void => {
  const { error, status, stderr, stdout } = spawnSync(program, args, { encoding: "utf8" })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}:\n${stdout}${stderr}`)
}

const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"

await buildPage(root)
mkdirSync(join(root, "dist"), { recursive: true })
const draft = mkdtempSync(join(root, "dist/sea-"))
try {
  writeFileSync(join(draft, "main.ts"), entry)
  const built = await rolldown({
    input: join(draft, "main.ts"),
    platform: "node",
    external: /^@aws-sdk/,
    transform: { define: { PINNACE_BUILD: JSON.stringify(digestOfPath(join(root, "src"))) } },
    logLevel: "silent"
  })
  await built.write({ file: join(draft, "main.cjs"), format: "cjs", minify: true, codeSplitting: false })
  await built.close()
  const config = {
    main: join(draft, "main.cjs"),
    output: join(draft, "sea.blob"),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: { "better_sqlite3.node": addon }
  }
  writeFileSync(join(draft, "sea.json"), JSON.stringify(config))
  run(process.execPath, "--experimental-sea-config", join(draft, "sea.json"))
  copyFileSync(process.execPath, target)
  chmodSync(target, 0o755)
  run(join(root, "node_modules/.bin/postject"), target, "NODE_SEA_BLOB", config.output, "--sentinel-fuse", fuse)
} finally {
  rmSync(draft, { recursive: true, force: true })
}
process.stdout.write(`${target}: ${(statSync(target).size / 1e6).toFixed(1)} MB\n`)
