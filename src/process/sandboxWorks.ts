import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { environment } from "./environment.ts"
import { hiddenHomes, hidingMounts } from "./hidden.ts"
import { removeTree } from "./removeTree.ts"
import { unshare } from "./sandbox.ts"
import { prepare } from "./sandboxFolders.ts"

/** Whether this host lets us make such a sandbox in that directory. */
export const sandboxWorks = (folder: string): boolean => {
  if (process.platform !== "linux" || /[,:\\]/.test(folder)) return false
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const directory = mkdtempSync(join(folder, "probe-"))
  try {
    // With all that nodes get: what this host refuses them must be known now.
    const stage = { directory: join(directory, "space"), hidden: join(directory, "hidden") }
    const space = { ...stage, homes: hiddenHomes(false), hiding: hidingMounts(stage) }
    prepare(space)
    const argv = unshare(space, [], "/", ["true"])
    return spawnSync(argv[0]!, argv.slice(1), { env: environment(), timeout: 5_000, stdio: "ignore" }).status === 0
  } finally {
    removeTree(directory)
  }
}
