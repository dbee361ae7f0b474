/** Where a program is, the way a shell looks for it. */
import { accessSync, constants, statSync } from "node:fs"
import { basename, dirname, isAbsolute, join } from "node:path"
import { SpawnFailed } from "./Executor.ts"

/** The path of a program: as given when it has a slash, else the first in PATH. The last folder of PATH stands in for `/`. Throws SpawnFailed. */
export const findCommand = (name: string, path: string, resolve: (path: string) => string): string => {
  if (name === "") throw new SpawnFailed("failed to find name in PATH: the command is empty", true)
  if (isAbsolute(name)) return absolute(name, path.split(":").at(-1) ?? "", resolve)
  if (name.includes("/")) return name
  const found = path.split(":").map((folder) => join(folder, name)).find((candidate) =>
    isExecutable(resolve(candidate))
  )
  if (found !== undefined) return found
  throw new SpawnFailed(`failed to find name in PATH: exec: "${name}": executable file not found in $PATH`, true)
}

const isExecutable = (path: string): boolean => {
  try {
    // Most folders of PATH do not have it, and an error for each is dear.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const absolute = (name: string, tools: string, resolve: (path: string) => string): string => {
  if (isExecutable(resolve(name))) return name
  const standIn = join(tools, basename(name))
  if (dirname(name) === "/" && isExecutable(resolve(standIn))) return standIn
  throw new SpawnFailed(`failed to find name in PATH: ${name}: no such program, or it may not be executed`, true)
}
