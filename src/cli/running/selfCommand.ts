/**
 * How this very command is started again in another process:
 * by a runtime and a script, or as an executable that is both.
 */
import { existsSync } from "node:fs"
import process from "node:process"
import { thisProgram } from "../../sources/standalone.ts"
import type { Shell } from "../Shell.ts"
import { NotThere } from "../Usage.ts"

/** A program with its first arguments. */
export interface SelfCommand {
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/**
 * The command up to what was written after it. Throws NotThere
 * when an app gave other words than those it was called with.
 */
export const selfCommand = ({ args, program }: Shell): SelfCommand => {
  const [, script, ...written] = process.argv
  const own = written.length - args.length
  if (own < 0 || args.some((it, at) => it !== written[own + at])) {
    throw new NotThere(
      `${program} cannot start itself in the background: the app does not pass on what it was called with. Run it in this process`
    )
  }
  return { program: process.execPath, args: [...scriptArgs(script), ...written.slice(0, own)] }
}

/** An executable needs no script, and is told its own name in place of one. */
const scriptArgs = (script: string | undefined): ReadonlyArray<string> => {
  if (script === undefined || thisProgram().isStandalone || !existsSync(script)) return []
  const flags = process.execArgv.filter((it) => !it.startsWith("--inspect"))
  return "deno" in process.versions ? ["run", "-A", script] : [...flags, script]
}
