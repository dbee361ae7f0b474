import { statSync } from "node:fs"
import { lookAt, makeIn, putText, realPath, type View, withoutPart } from "../files/mod.ts"
import type { Mount } from "./Executor.ts"

/**
 * Mounts where their paths lead as the command sees them, with something
 * there to mount on. What it mounts over is made in the private layer.
 */
export const mountPoints = (view: View, mounts: ReadonlyArray<Mount>): ReadonlyArray<Mount> =>
  mounts.toSorted((a, b) => a.path.length - b.path.length).map((mount) => {
    const below = withoutPart(view, mount.path)
    const spot = { view: below, path: realPath({ view: below, path: mount.path }, "any") }
    if (lookAt(spot) === undefined) statSync(mount.host).isDirectory() ? makeIn(spot) : putText(spot, "")
    return { ...mount, path: spot.path }
  })
