/** `pinnace worker`. */
import { meansOptions } from "../arguments/definitionOptions.ts"
import { executorOption } from "../arguments/startRequest.ts"
import type { Call, Verb } from "../Verb.ts"

const worker = async (call: Call): Promise<number> => {
  const { offerPlaces } = await import("../running/serveModules.ts")
  return offerPlaces(call)
}

/** The verb. */
export const verb: Verb = {
  usage: "[FILE…] --pool NAME=PLACES [options]",
  about:
    "Runs bodies of tasks that are `on` a pool, and containers of manifests that name one, for runs of other processes that use the same state file or database. FILEs export the workflows, or hold the Secrets of manifests, which are kept with their runs but for that. It takes no runs over: who started them keeps deciding. Ctrl-C ends it; what it was at is begun again by another worker, unless --drain gives it time.",
  takes: [0, Infinity],
  options: {
    pool: { type: "string", multiple: true, value: "NAME=PLACES", about: "A pool and how many bodies run at once" },
    drain: { type: "string", value: "DURATION", about: "How long bodies may go on when it is asked to end" },
    executor: executorOption,
    ...meansOptions
  },
  examples: [
    ["worker app.ts --pool gpu=2", "run two bodies of the pool gpu at once"],
    [
      "worker app.ts --pool gpu=1 --pool cpu=8 --db postgres://db/flows",
      "two pools, of a database that machines share"
    ],
    ["worker secrets.yaml --pool gpu=1 --executor podman", "containers of manifests, with their Secrets and images"]
  ],
  run: worker
}
