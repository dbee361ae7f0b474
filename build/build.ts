/**
 * Builds what npm users get: `dist/` with one `.js` and one `.d.ts` for
 * each source, imports rewritten to `.js`; the page; and the command, bundled.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.ts"
import { buildPage } from "./page.ts"

const root = fileURLToPath(new URL("../", import.meta.url))
const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter)

await buildPage(root)
// The page stays: a server that runs meanwhile may ask for it.
const dist = join(root, "dist")
for (const name of readdirSync(dist)) if (name !== "page.js") rmSync(join(dist, name), { recursive: true, force: true })
const { status, error } = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: path }
})
if (error !== undefined) throw error
if (status !== 0) process.exit(status ?? 1)

await bundle(root)

const { bin, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const promised: ReadonlyArray<string> = Object.values({ ...exports, ...bin }).flatMap((
  it
) => (typeof it === "string" ? [it] : Object.values(it as object)))
const missing = promised.filter((file) => !existsSync(join(root, file)))
if (missing.length > 0) {
  process.stderr.write(
    `The build wrote no ${missing.join(", ")}. Correct "exports" in package.json, or add the source.\n`
  )
  process.exit(1)
}

/** npm links the commands of dependencies only; so `npx pinnace` works in a clone, too. */
const command = join(root, "node_modules/.bin/pinnace")
if (process.platform !== "win32" && existsSync(dirname(command))) {
  rmSync(command, { force: true })
  symlinkSync("../../dist/bin/pinnace.js", command)
}
