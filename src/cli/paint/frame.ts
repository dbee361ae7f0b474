/** One frame of a live view: the tree as far as it fits, and a footer with counts, permits and time. Pure. */
import { folded, inWords, type LockLine } from "../../view/lockFamilies.ts"
import type { SemaphoreView } from "../../engine/observe/locks.ts"
import type { RunView } from "../../view/RunView.ts"
import { type Look, phasesOf, treeLines } from "./runTree.ts"
import { span } from "../../run/instant.ts"
import { cut } from "./width.ts"

/** How a frame looks: as a tree, on this many lines. */
export interface FrameLook extends Look {
  readonly rows: number
}

/** What is said beneath the tree. */
export interface Footing {
  readonly locks: ReadonlyArray<SemaphoreView>
  /** What an interrupt did; empty when there was none. */
  readonly notice: string
  /** Milliseconds that the run will still take, when something tells. */
  readonly left: number | undefined
}

const foldings = [20, 8, 4, 2, 1]

/** The lines of a frame, never more than fit. */
export const frame = (
  run: RunView,
  footing: Footing,
  look: FrameLook
): ReadonlyArray<string> => {
  const foot = footer(run, footing, look)
  const room = Math.max(1, look.rows - foot.length)
  const tree = foldings.reduce<ReadonlyArray<string>>(
    (lines, fold) => lines.length > 0 && lines.length <= room ? lines : treeLines(run, { ...look, fold }),
    []
  )
  return [...(tree.length <= room ? tree : clipped(tree, room)), ...foot].map((line) => cut(line, look.columns))
}

/** The beginning, which says what this is, and the end, where things happen. */
const clipped = (lines: ReadonlyArray<string>, room: number): ReadonlyArray<string> => {
  if (room < 4) return lines.slice(0, room)
  const head = Math.ceil((room - 1) / 2)
  const tail = room - 1 - head
  return [...lines.slice(0, head), `   … ${lines.length - head - tail} more lines`, ...lines.slice(lines.length - tail)]
}

const inUse = (it: LockLine): string => {
  if ("keys" in it) return `${it.family}/* ${inWords(it)}`
  const { held, limit, name, queue } = it
  if (held === 0 && queue.length === 0) return ""
  return `${name} ${held}/${limit ?? "?"}${queue.length === 0 ? "" : ` +${queue.length} waiting`}`
}

const footer = (
  run: RunView,
  { left = 0, locks, notice }: Footing,
  { now, paint }: FrameLook
): ReadonlyArray<string> => {
  const took = span(run.startedAt === 0 ? 0 : (run.finishedAt || now) - run.startedAt)
  const permits = folded(locks).map(inUse).filter((it) => it !== "")
  // What should have ended by now is not foretold any more.
  const soon = left < 1_000 ? "" : `about ${span(left)} left`
  const parts = [paint.phase(run.phase, run.status), took, soon, phasesOf(run), ...permits]
  return [
    "",
    `${paint.bold(run.id)}  ${parts.filter((it) => it !== "").join("  ")}`,
    ...(notice === "" ? [] : [paint.style("yellow", notice)])
  ]
}
