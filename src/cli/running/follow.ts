/**
 * Follows a run to its end in the format that fits the place: a live
 * tree, lines, or data. One stream of events feeds each of them.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Selector } from "../../argo/commands/selector.ts"
import type { Shell } from "../Shell.ts"
import { artifactsOf } from "./artifactsOf.ts"
import { readReport } from "../../view/readReport.ts"
import { dataText } from "../paint/data.ts"
import { runObject } from "../../view/runObject.ts"
import { codeOf, exitCodes } from "../Usage.ts"
import { type Followed, LiveTree } from "./LiveTree.ts"
import { PlainLines } from "./PlainLines.ts"
import { endReport } from "../paint/endReport.ts"
import { onInterrupt } from "./onInterrupt.ts"
import { NewLines } from "./NewLines.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { look, standOf, viewOf } from "../arguments/rows.ts"

/** The formats. */
export const followFormats = ["tree", "plain", "ndjson", "json", "name"] as const

/** A format. */
export type FollowFormat = typeof followFormats[number]

/** Whether the output is for another program, which must not find more than the data in it. */
export const isData = (format: FollowFormat | undefined): boolean =>
  format === "json" || format === "ndjson" || format === "name"

/** How to follow. */
export interface Following {
  readonly format: FollowFormat | undefined
  /** Whether this process executes the run: then an interrupt ends the run, else only the looking. */
  readonly executes: boolean
  /** Tells that this process cannot go on with the run, with the exit code; never unless it executes it. */
  readonly held?: Promise<number>
  /** The number of the last event that is known already; default 0. */
  readonly after?: number
  /** Whether all that was logged is shown at the end; by default only if it is little. */
  readonly log?: boolean
  /** Which nodes are shown; default all. */
  readonly isChosen?: Selector | undefined
}

/** Follows the run; answers the exit code of its end. */
export const follow = async (shell: Shell, pinnace: Pinnace, run: RunHandle, how: Following): Promise<number> => {
  const format = how.format ?? (shell.isTerminal ? "tree" : "plain")
  const interrupts = onInterrupt(shell, run, how.executes)
  try {
    const left = await Promise.race([
      show(
        { shell, pinnace, run, after: how.after ?? 0, notice: interrupts.notice, isChosen: how.isChosen },
        format,
        how.log
      ),
      interrupts.left,
      ...how.held === undefined ? [] : [how.held]
    ])
    if (left !== "ended") return left
    await run.ending()
    await tellEnd({ shell, pinnace, run }, format, how)
    return interrupts.count() > 0 ? exitCodes.interrupted : codeOf((await run.status()).phase)
  } finally {
    interrupts.end()
  }
}

const show = async (followed: Followed, format: FollowFormat, isAll = false): Promise<"ended"> => {
  const { after, isChosen, run, shell } = followed
  if (format === "tree") await new LiveTree(followed).follow()
  if (format === "name") shell.print(`${shell.mark}${run.id}`)
  if (format === "plain") await new PlainLines(shell, run, isChosen).follow(after, await linesOf(followed, isAll))
  if (format === "ndjson") { for await (const event of run.events(after)) shell.print(JSON.stringify(event)) }
  return "ended"
}

/** What it logs; all of it if that is wanted, else what it logs after the event from which on it is followed. */
const linesOf = async ({ pinnace, run }: Followed, isAll: boolean): Promise<NewLines> => {
  const { row: { key } } = await standOf(pinnace, run)
  const lines = new NewLines(sourceOf(pinnace.engine), key)
  if (isAll) lines.begin(0)
  return lines
}

const tellEnd = async (
  { pinnace, run, shell }: Pick<Followed, "pinnace" | "run" | "shell">,
  format: FollowFormat,
  { after = 0, log = false }: Following
): Promise<void> => {
  if (format === "ndjson" || format === "name") return
  if (format === "json") {
    return shell.print(await dataText(await look(pinnace, (source) => runObject(source, run.id)), "json"))
  }
  const view = await viewOf(pinnace, run)
  // What was logged before it was retried was shown then.
  const { attempts, lines, planned, since } = await look(pinnace, (source) => readReport(source, run.id, after))
  shell.print(endReport(view, {
    planned,
    shell,
    logs: (node) => lines.filter(({ path }) => path === node),
    // Plain lines have told of it as it came.
    printed: () => format === "plain" ? [] : lines.filter(({ at }) => log || at >= since),
    printsAll: log,
    attempts,
    artifacts: await artifactsOf(pinnace, run, shell),
    tree: format === "tree"
  }))
}
