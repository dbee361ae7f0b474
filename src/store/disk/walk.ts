/** The objects that lie under a folder. */
import type { Dir } from "node:fs"
import { opendir, stat } from "node:fs/promises"
import { join } from "node:path"
import type { ObjectInfo } from "../../artifact/Store.ts"
import { isAbsent } from "./diskError.ts"
import { folderOfPrefix, keyOfPath, prefixOfFolder } from "./objectPath.ts"

/**
 * Every object whose key begins with the prefix, found by walking
 * only folders that can hold one. Foreign files are passed over.
 */
export async function* objectsOf(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  yield* walk(root, folderOfPrefix(prefix), prefix)
}

async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
  for await (const entry of await entries(join(root, folder))) {
    const path = `${folder}${entry.name}`
    if (entry.isDirectory()) {
      if (overlaps(prefixOfFolder(path), prefix)) yield* walk(root, `${path}/`, prefix)
      continue
    }
    const key = keyOfPath(path)
    if (key === undefined || !key.startsWith(prefix)) continue
    const found = await stat(join(root, path)).catch(nothingIfAbsent)
    if (found?.isFile() === true) yield { key, size: found.size, modifiedAt: found.mtimeMs }
  }
}

const overlaps = (folder: string | undefined, prefix: string): boolean =>
  folder !== undefined && (folder.startsWith(prefix) || prefix.startsWith(folder))

const entries = async (folder: string): Promise<Dir | ReadonlyArray<never>> =>
  (await opendir(folder).catch(nothingIfAbsent)) ?? []

const nothingIfAbsent = (error: unknown): undefined => {
  if (!isAbsent(error)) throw error
}
