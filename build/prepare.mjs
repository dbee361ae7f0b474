/**
 * What `npm ci` does in a clone: builds what `npx pinnace` runs. Whoever leaves out what building needs wants no build.
 * `npx` prepares the clone once more when it is first used there: what is built already is left alone then.
 */
import { existsSync } from "node:fs"
import process from "node:process"

const isThere = (path) => existsSync(new URL(`../${path}`, import.meta.url))
const isBuilt = process.env.npm_command === "exec" && isThere("dist/bin/pinnace.js")
if (!isBuilt && isThere("node_modules/typescript")) await import("./build.ts")
