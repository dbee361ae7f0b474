import { existsSync, lstatSync, realpathSync } from "node:fs"
import { dirname } from "node:path"

/** Whether a path, which need not exist, lies in a folder when all links are followed. */
export const isInside = (path: string, folder: string): boolean => {
  let deepest = path
  while (!existsSync(deepest) && lstatSync(deepest, { throwIfNoEntry: false }) === undefined) deepest = dirname(deepest)
  if (!existsSync(deepest)) return false
  const [real, root] = [realpathSync(deepest), realpathSync(folder)]
  return real === root || real.startsWith(root === "/" ? "/" : `${root}/`)
}
