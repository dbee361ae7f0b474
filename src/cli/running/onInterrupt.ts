/**
 * What Ctrl-C means: the first stops the run in an orderly way, the second terminates
 * it, the third kills this process. SIGTERM and SIGHUP leave the run for `resume`.
 */
import process from "node:process"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"
import { onLeave } from "./onLeave.ts"

/** The interrupts of one run. */
export interface Interrupts {
  readonly count: () => number
  /** What the last interrupt did, for a footer; empty before. */
  readonly notice: () => string
  /**
   * Resolves with the exit code when this process is asked to leave, or when somebody who only looks has had enough.
   */
  readonly left: Promise<number>
  readonly end: () => void
}

/** Listens for interrupts until `end` is called. */
export const onInterrupt = (shell: Shell, run: RunHandle, executes: boolean): Interrupts => {
  let count = 0
  let notice = ""
  const leave = Promise.withResolvers<number>()
  const interrupt = (): void => {
    count++
    if (!executes) return leave.resolve(exitCodes.interrupted)
    notice = act(shell, run, count)
    if (!shell.isTerminal) shell.complain(notice)
  }
  process.on("SIGINT", interrupt)
  const unleave = onLeave(leave.resolve)
  const stay = executes ? () => {} : shell.onGone(() => leave.resolve(exitCodes.interrupted))
  return {
    count: () => count,
    notice: () => notice,
    left: leave.promise,
    end: () => {
      process.off("SIGINT", interrupt)
      unleave()
      stay()
    }
  }
}

const act = (shell: Shell, run: RunHandle, count: number): string => {
  const db = shell.dbOption
  if (count === 1) {
    run.stop("interrupted").catch(() => {})
    return `Stopping: exit handlers run. Again to terminate. Later: ${shell.program} retry ${run.id}${db}`
  }
  if (count === 2) {
    run.terminate("interrupted").catch(() => {})
    return `Terminating. Again to kill this process. Later: ${shell.program} retry ${run.id}${db}`
  }
  // Ends a half-drawn frame, shows the cursor and ends colours.
  if (shell.isTerminal) process.stdout.write("\x1b[?2026l\x1b[?25h\x1b[0m\n")
  shell.complain(`Killed. Go on with: ${shell.program} resume ${run.id}${db}`)
  process.exit(exitCodes.interrupted)
}
