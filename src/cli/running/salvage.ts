/** `pinnace doctor --salvage`. */
import { resolve } from "node:path"
import { isPostgres } from "../../postgres/address.ts"
import { counted } from "../paint/counted.ts"
import type { Shell } from "../Shell.ts"
import { Usage } from "../Usage.ts"
import { tellSuspended } from "./tellSuspended.ts"
import { untilCut } from "./untilCut.ts"

/** Saves what can be read of a damaged state file into a new one, and tells what cannot; then the exit code is 1. */
export const saveReadable = async (shell: Shell, to: string): Promise<number> => {
  if (isPostgres(shell.db)) throw new Usage("--salvage is for state files")
  const { salvage } = await import("../../copy/salvage.ts")
  const saved = await untilCut(shell, () => salvage(shell.db, resolve(to), shell.now()))
  const { cut, damaged, lost, runs, suspended } = saved
  shell.print(`${shell.db} → ${to}: ${counted(runs, "run")}`)
  if (damaged.length > 0) shell.print(`Not all was readable of: ${damaged.join(", ")}`)
  if (lost.length > 0) shell.print(`Lost: ${lost.join(", ")}`)
  if (cut.length > 0) shell.print(`Cut short: ${cut.join(", ")}`)
  tellSuspended(shell, suspended, to)
  return damaged.length + lost.length + cut.length === 0 ? 0 : 1
}
