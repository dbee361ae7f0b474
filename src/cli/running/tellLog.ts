/** The log of a run: what there is, then what comes. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { LineChoice } from "../../run/select/lineChoice.ts"
import { type LogView, logView } from "../../run/view.ts"
import { changesOf } from "../../view/changes.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { standOf } from "../arguments/rows.ts"
import { thrownIn } from "./thrownIn.ts"
import type { Shell } from "../Shell.ts"

/** Which lines are shown, and how. */
export interface Wanted {
  /** What storage looks for; what it finds is tested then. */
  readonly choice: LineChoice
  readonly test: (line: LogView) => boolean
  readonly tail: number | undefined
  readonly follow: boolean
  readonly show: (lines: ReadonlyArray<LogView>) => Promise<void>
}

/** Prints what there is, then what comes, until the run ends or nobody reads any more. */
export const tellLog = async (pinnace: Pinnace, run: RunHandle, shell: Shell, wanted: Wanted): Promise<void> => {
  const source = sourceOf(pinnace.engine)
  const { row: { key } } = await standOf(pinnace, run)
  let last = 0
  const more = async (tail = Infinity): Promise<"ended" | "open"> => {
    const row = await Effect.runPromise(source.getRun(key))
    const lines = row === undefined ? [] : await Effect.runPromise(source.logsAfter(key, last, wanted.choice))
    last = lines.at(-1)?.id ?? last
    const chosen = lines.map(logView).filter(wanted.test)
    await wanted.show(chosen.slice(Math.max(0, chosen.length - tail)))
    return row === undefined || isTerminal(row.phase) ? "ended" : "open"
  }
  if (await more(wanted.tail) === "ended" || !wanted.follow) return
  const changes = changesOf(source, key)
  const stay = shell.onGone(changes.end)
  // The first look is for what came since the last one.
  while (await more() === "open" && await changes.next());
  changes.end()
  stay()
}

/** The same, and then what nodes threw that nobody wrote to a log. */
export const tellWhole = async (pinnace: Pinnace, run: RunHandle, shell: Shell, wanted: Wanted): Promise<void> => {
  await tellLog(pinnace, run, shell, wanted)
  await wanted.show((await thrownIn(pinnace, run)).filter(wanted.test))
}
