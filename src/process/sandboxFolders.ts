/** The directories of a sandbox before anything runs in it. */
import { existsSync, lstatSync, mkdirSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { prepareHidden } from "./hidden.ts"
import { writeScript } from "./script.ts"
import { atRoot } from "./tools.ts"

/** Folders that every sandbox has to itself. */
export const privateFolders: ReadonlyArray<string> = ["/tmp", "/mnt", "/work"]

/** Where stand-ins for the programs of images are in a sandbox. */
export const toolsPath = "/argo/bin"

/** Where a script is in a sandbox. */
export const stagingPath = "/argo/staging"

/** Writes a script, if there is one; answers the directories of this host that hold it. */
export const stage = (directory: string, script: string | undefined): ReadonlyArray<string> =>
  script === undefined ? [] : [dirname(writeScript(directory, script))]

/** Makes the directories of a sandbox. */
export const prepare = (directory: string, homes: ReadonlyArray<string>): void => {
  mkdirSync(directory, { recursive: true })
  const own = [...privateFolders, ...homes].map((it) => `private${it}`)
  for (const part of ["upper", "layer", "root", "private", ...own]) {
    const folder = join(directory, part)
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true })
  }
  for (const name of atRoot) link(`${toolsPath}/${name}`, join(directory, "upper", name))
  prepareHidden(directory)
}

const link = (to: string, path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(to, path)
}
