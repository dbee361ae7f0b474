/** The directories of a sandbox before anything runs in it. */
import { lstatSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { prepareHidden, type Stage } from "./hidden.ts"
import type { Mount } from "./Executor.ts"
import { makeFolder } from "./makeFolder.ts"
import { writeScript } from "./script.ts"
import { atRoot } from "./tools.ts"

/** Folders that every sandbox has to itself. */
export const privateFolders: ReadonlyArray<string> = ["/tmp", "/mnt", "/work", "/dev/shm"]

/** Where stand-ins for the programs of images are in a sandbox. */
export const toolsPath = "/argo/bin"

/** Where a script is in a sandbox. */
export const stagingPath = "/argo/staging"

/** Writes a script, if there is one; answers the directories of this host that hold it. */
export const stage = (directory: string, script: string | undefined): ReadonlyArray<string> =>
  script === undefined ? [] : [dirname(writeScript(directory, script))]

/** Where a sandbox is, what it shows in place of what is hidden, and which homes are its own. */
export interface Space extends Stage {
  readonly homes: ReadonlyArray<string>
  /** What hides things (`hidingMounts`), as it was when the sandbox was made. */
  readonly hiding: ReadonlyArray<Mount>
}

/** Makes the directories of a sandbox. */
export const prepare = ({ directory, hidden, homes }: Space): void => {
  makeFolder(directory)
  prepareHidden(hidden)
  const own = [...privateFolders, ...homes].map((it) => `private${it}`)
  for (const part of ["upper", "layer", "root", "nothing", "private", ...own]) makeFolder(join(directory, part))
  for (const name of atRoot) link(`${toolsPath}/${name}`, join(directory, "upper", name))
}

const link = (to: string, path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(to, path)
}
