/** What deleted runs of manifests have left. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { Shell } from "../Shell.ts"
import { filesOf } from "../arguments/source.ts"

/**
 * Deletes it, in buckets with the credentials of the environment;
 * answers how many artifacts. What could not be deleted is told.
 */
export const collectEstate = async (pinnace: Pinnace, shell: Shell): Promise<number> => {
  const folder = await filesOf(shell)
  if (!existsSync(join(folder, "on-deletion"))) return 0
  const { removeEarlier } = await import("../../argo/artifact/earlier.ts")
  const { Remote } = await import("../../argo/artifact/Remote.ts")
  const { Estate } = await import("../../argo/artifact/Estate.ts")
  const { journal } = pinnace.engine.host
  const remote = new Remote([])
  const { count, problems } = await Effect.runPromise(
    new Estate(folder, journal.artifacts.file).collect(
      (run) => journal.findRun(run) !== undefined,
      ({ key, s3 }) =>
        s3 === undefined ? Effect.sync(() => removeEarlier(join(folder, "artifacts"), key)) : remote.remove(key, s3)
    )
  )
  for (const problem of problems) shell.complain(`${problem} (it is tried again by the next run of the manifest)`)
  return count
}
