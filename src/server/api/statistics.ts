/** Reads how the last runs of a workflow went. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { type History, type Statistics, statistics, versions } from "../../view/statistics.ts"

/** How many runs are looked at. */
const many = 100

/** How they went. */
export const statisticsOf = async (pinnace: Pinnace, workflow: string): Promise<Statistics> =>
  statistics(await pinnace.list({ workflow, limit: many }))

/** How they went, and which definitions they have. */
export const historyOf = async (pinnace: Pinnace, workflow: string): Promise<Omit<History, "others">> => ({
  workflow,
  statistics: await statisticsOf(pinnace, workflow),
  versions: versions(await Effect.runPromise(sourceOf(pinnace.engine).listRuns({ workflow, limit: many })))
})
