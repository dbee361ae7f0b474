/** Which runs a list shows: chosen by what they are, or the links of a chain. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunRow } from "../../run/State.ts"
import type { Flags, Options } from "../Verb.ts"
import { chainOf } from "./chain.ts"
import { findRun } from "./findRun.ts"
import { isSelective, selection, selectRuns } from "./selectRuns.ts"

/** The options that choose them. */
export const listing: Options = {
  ...selection,
  chain: { type: "string", value: "RUN", about: "Only the runs that go on from each other, one of which this is" }
}

/** The chosen runs, newest first. Throws Usage, BadSelector, NotThere. */
export const selectListed = async (
  pinnace: Pinnace,
  flags: Flags,
  now: number,
  limit?: number
): Promise<ReadonlyArray<RunRow>> => {
  const chain = flags.text("chain")
  if (chain === undefined) return selectRuns(pinnace, flags, now, limit)
  const links = (await chainOf(pinnace, (await findRun(pinnace, chain)).id)).toReversed()
  if (!isSelective(flags)) return links.slice(0, limit)
  const chosen = new Set((await selectRuns(pinnace, flags, now)).map(({ id }) => id))
  return links.filter(({ id }) => chosen.has(id)).slice(0, limit)
}
