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
  const { Artifacts } = await import("../../argo/artifact/Artifacts.ts")
  const { Estate } = await import("../../argo/artifact/Estate.ts")
  const { journal } = pinnace.engine.host
  const artifacts = new Artifacts(join(folder, "artifacts"), [], {})
  const { count, problems } = await Effect.runPromise(
    new Estate(folder, journal.artifacts.file).collect(
      (run) => journal.findRun(run) !== undefined,
      (saved) => artifacts.remove(saved)
    )
  )
  for (const problem of problems) shell.complain(`${problem} (it is tried again by the next run of the manifest)`)
  return count
}
