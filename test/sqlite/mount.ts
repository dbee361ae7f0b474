/** A small disk of its own, where the machine lets us have one. */
import { execFileSync } from "node:child_process"
import { rmSync } from "node:fs"
import process from "node:process"
import { onTestFinished } from "vitest"
import { makeDirectory } from "./Child.ts"

/** Mounts an empty disk of this size (for example `"2m"`) until the test ends. */
export const mountTmpfs = (size: string): string => {
  const directory = makeDirectory()
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory])
  onTestFinished(() => {
    execFileSync("umount", ["-l", directory])
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
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
