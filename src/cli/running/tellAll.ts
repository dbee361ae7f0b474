/** The logs of all runs: what there is, then what comes. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { RunView } from "../../run/view.ts"
import { isTerminal } from "../../run/Phase.ts"
import { anyChange } from "../../view/changes.ts"
import { sourceOf } from "../../view/RunSource.ts"
import type { Shell } from "../Shell.ts"

/** Milliseconds by which the clocks of two processes may differ. */
const skew = 60_000

/** How all runs are told of. */
export interface TellingAll {
  /** Whether a run is told of. */
  readonly isMeant: (run: RunView) => boolean
  /** Prints what there is of a run, and where it is followed, what comes until it ends. */
  readonly tell: (run: RunHandle) => Promise<void>
}

/** Prints the logs of the runs that there are, the oldest run first. */
export const tellAll = async (pinnace: Pinnace, { isMeant, tell }: TellingAll): Promise<void> => {
  for (const row of (await pinnace.list({ limit: Infinity })).toReversed()) {
    const run = isMeant(row) ? await pinnace.get(row.id) : undefined
    if (run !== undefined) await tell(run)
  }
}

/**
 * The same, and goes on with those that are open or begin later until nobody reads any more. The lines of a run are in
 * their order, those of several runs as they come.
 */
export const followAll = async (pinnace: Pinnace, shell: Shell, { isMeant, tell }: TellingAll): Promise<void> => {
  const told = new Map<string, number>()
  const failed = Promise.withResolvers<never>()
  const changes = anyChange(sourceOf(pinnace.engine))
  const stay = shell.onGone(changes.end)
  const begin = async (row: RunView): Promise<void> => {
    if (told.has(row.id)) return
    told.set(row.id, row.createdAt)
    const run = isMeant(row) ? await pinnace.get(row.id) : undefined
    if (run === undefined) return
    const telling = tell(run)
    if (isTerminal(row.phase)) await telling
    else telling.catch(failed.reject)
  }
  const going = async (): Promise<void> => {
    let newest = -Infinity
    do {
      const rows = await pinnace.list({ limit: Infinity, ...newest > 0 ? { createdAfter: newest - skew } : {} })
      for (const row of rows.toReversed()) await begin(row)
      newest = rows[0]?.createdAt ?? newest
      for (const [id, createdAt] of told) if (createdAt < newest - 2 * skew) told.delete(id)
    } while (await changes.next())
  }
  try {
    await Promise.race([going(), failed.promise])
  } finally {
    changes.end()
    stay()
  }
}
