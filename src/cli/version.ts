/** What this program is. Loads nothing of the engine. */
import process from "node:process"

/** The version of Pinnace; a test holds it to that of the package. */
export const version = "0.1.0"

/** Version, runtime and machine in one line. */
export const versionText = (): string => {
  const { bun, deno, node } = process.versions
  const runtime = bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${node}`
  return `pinnace ${version} (${runtime}, ${process.platform} ${process.arch})`
}
