/**
 * Whether those who started this process for its user are still there: npx and npm stand between the two, and of the
 * signals they get not all arrive here.
 */
import { readFileSync } from "node:fs"
import process from "node:process"
import { isScriptOfNpm } from "./calledAs.ts"

/** Milliseconds between two looks: nothing tells a process that its parent has ended. */
const pace = 1_000

/** The parent of another process, where the system tells it. */
const parentOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? ""
  } catch {
    return ""
  }
}

/** Who started this process, and who started that: npm itself stands behind a shell. */
const launchers = (): string => `${process.ppid} ${parentOf(process.ppid)}`

/** As it was when this command began: later they may have gone before anybody looks. */
const first = launchers()

/** Calls back once when npx or npm have gone, until the returned function is called; does nothing without them. */
export const onLauncherGone = (gone: () => void): () => void => {
  if (!isScriptOfNpm(process.env)) return () => {}
  const timer = setInterval(() => {
    if (launchers() === first) return
    clearInterval(timer)
    gone()
  }, pace)
  timer.unref()
  return () => clearInterval(timer)
}
