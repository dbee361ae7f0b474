/** The nodes that made a run fail, in a few lines. */
import type { Shell } from "../Shell.ts"
import { counted } from "../paint/counted.ts"
import { failedLeaves } from "../../view/failures.ts"
import type { RunView } from "../../view/RunView.ts"
import { oneLine } from "../paint/width.ts"

const most = 10

/** The nodes that made a run fail, and how to run them again. */
export const tellFailures = (shell: Shell, view: RunView): void => {
  const failed = failedLeaves(view)
  for (const { message, name, phase } of failed.slice(0, most)) {
    shell.print(`${shell.paint.bold(name)}: ${phase}${message === "" ? "" : `: ${oneLine(message)}`}`)
  }
  if (failed.length > most) shell.print(`… ${counted(failed.length - most, "more node")} failed`)
  if (shell.db !== ":memory:") shell.print(shell.paint.dim(`  ${shell.program} retry ${view.id}${shell.dbOption}`))
}
