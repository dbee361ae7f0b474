/**
 * Brings about what the bench runs on: compiled sources, as npm users get them, and the peer with its own dependencies.
 */
import { spawnSync } from "node:child_process"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { root } from "./spawnNode.ts"

const out = join(root, "bench/dist")

/** Compiles Pinnace and the contestants into `bench/dist`; throws with the compiler's messages. */
export const compile = (): void => {
  rmSync(out, { recursive: true, force: true })
  const { status, stderr, stdout } = spawnSync(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    "bench/tsconfig.json"
  ], {
    cwd: root,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`The sources do not compile:\n${stdout}${stderr}`)
}

/** Installs peers when a package of theirs is missing; answers why they cannot be measured, if they cannot. */
export const installPeer = (folder = "openworkflow", name = "openworkflow"): string | undefined => {
  const peer = join(root, "bench/peers", folder)
  if (existsSync(join(peer, "node_modules", name, "package.json"))) return undefined
  const { error, status, stderr } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: peer,
    encoding: "utf8",
    timeout: 60_000
  })
  if (status === 0) return undefined
  const reason = error?.message ?? stderr.split("\n").find((line) => line.includes("error")) ?? `status ${status}`
  return `npm ci in bench/peers/${folder} failed (${reason.trim()})`
}
