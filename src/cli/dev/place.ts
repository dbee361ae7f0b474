/** Where a loop keeps its runs, and what an earlier one has left there. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Pinnace } from "../../embed/Pinnace.ts"

/** The folder of the loop, which nobody has to keep. */
export const makeFolder = (db: string): void => {
  const folder = dirname(db)
  if (basename(folder) !== ".pinnace" || existsSync(folder)) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, ".gitignore"), "*\n")
}

/** Runs that an earlier loop left when it was killed are of no interest any more. */
export const endLeft = async (pinnace: Pinnace): Promise<void> => {
  for (const { run, kind } of await pinnace.stuck()) {
    if (kind === "interrupted" || kind === "held") await (await pinnace.get(run))?.terminate("its loop has ended")
  }
}
