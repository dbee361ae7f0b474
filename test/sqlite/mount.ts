/** A small disk of its own, where the machine lets us have one. */
import { execFileSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { onTestFinished } from "vitest"
import { makeDirectory } from "./Child.ts"
import { removeTree } from "../removeTree.ts"

/** Mounts an empty disk of this size (for example `"2m"`) until the test ends. */
export const mountTmpfs = (size: string): string => {
  const directory = makeDirectory()
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory])
  onTestFinished(() => {
    execFileSync("umount", ["-l", directory])
    removeTree(directory)
  })
  return directory
}

/** The same directory where nothing can be written, and a function that takes it away again. */
export const mountReadOnly = (directory: string): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), "pinnace-"))
  execFileSync("mount", ["--bind", directory, path])
  execFileSync("mount", ["-o", "remount,bind,ro", path])
  const remove = (): void => {
    execFileSync("umount", ["-l", path])
    removeTree(path)
  }
  return { path, remove }
}

const probe = (): boolean => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Whether disks can be mounted: only root on Linux, outside most containers. */
export const canMount = probe()
