/** How much can still be written beside a file. */
import { statfsSync } from "node:fs"
import { dirname } from "node:path"
import type { Room } from "../journal/Journal.ts"

/** The room of a volume; `undefined` where its file system counts no blocks, as those over a network may. */
export const roomOf = (
  { bavail, blocks, bsize }: { readonly bavail: number; readonly blocks: number; readonly bsize: number }
): Room | undefined => blocks * bsize > 0 ? { free: bavail * bsize, size: blocks * bsize } : undefined

/** The room of the volume that a file lies on; `undefined` where that is not known. */
export const roomBeside = (file: string): Room | undefined => {
  try {
    return roomOf(statfsSync(dirname(file)))
  } catch {
    return undefined
  }
}
