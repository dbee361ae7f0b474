/** What a run would do, in a line. Pure. */
import type { Rehearsal } from "../../embed/Rehearsal.ts"

const shown = 5

/** As in `runs 1: clean (lib/helper.ts) · may run 1: report · reused 37`. */
export const planLine = ({ mayRun, reused, runs }: Rehearsal): string => {
  const computed = runs.map(({ changed, node }) => changed.length === 0 ? node : `${node} (${some(changed, 2)})`)
  const parts = [
    ...(runs.length === 0 ? [] : [`runs ${runs.length}: ${some(computed, shown)}`]),
    ...(mayRun.length === 0 ? [] : [`may run ${mayRun.length}: ${some(mayRun, shown)}`]),
    ...(reused.length === 0 ? [] : [`reused ${reused.length}`])
  ]
  return parts.length === 0 ? "nothing to run" : parts.join(" · ")
}

const some = (names: ReadonlyArray<string>, most: number): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`
