/** Where a program is, the way a shell looks for it. */
import { accessSync, constants, statSync } from "node:fs"
import { basename, dirname, isAbsolute, join } from "node:path"
import { SpawnFailed } from "./Executor.ts"

/**
 * The path of a program: as given when it has a slash, else the first in
 * PATH. The last folder of PATH stands in for `/`. Throws SpawnFailed.
 */
export const findCommand = (name: string, path: string, isProgram: (path: string) => boolean): string => {
  if (name === "") throw new SpawnFailed("failed to find name in PATH: the command is empty", true)
  if (isAbsolute(name)) return absolute(name, path.split(":").at(-1) ?? "", isProgram)
  if (name.includes("/")) return name
  const found = path.split(":").map((folder) => join(folder, name)).find(isProgram)
  if (found !== undefined) return found
  throw new SpawnFailed(`failed to find name in PATH: exec: "${name}": executable file not found in $PATH`, true)
}

/** Whether this process may execute a file. */
export const isExecutable = (path: string): boolean => {
  try {
    // Most folders of PATH do not have it, and an error for each is dear.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const absolute = (name: string, tools: string, isProgram: (path: string) => boolean): string => {
  if (isProgram(name)) return name
  const standIn = join(tools, basename(name))
  if (dirname(name) === "/" && isProgram(standIn)) return standIn
  throw new SpawnFailed(`failed to find name in PATH: ${name}: no such program, or it may not be executed`, true)
}
