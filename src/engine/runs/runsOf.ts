/** The port to other runs of an engine. */
import * as Effect from "effect/Effect"
import { parentLabel } from "../../run/childRun.ts"
import { isTerminal } from "../../run/Phase.ts"
import { command } from "../control/command.ts"
import type { Engine } from "../Engine.ts"
import { register } from "../life/attach.ts"
import { start } from "../life/start.ts"
import { ending } from "../observe/result.ts"
import { freeLink, goOn } from "./goOn.ts"
import type { LiveRun } from "../Live.ts"
import type { Runs } from "./Runs.ts"

/** The port of an engine. */
export const runsOf = (engine: Engine): Runs<LiveRun> => {
  const { reads } = engine.host.journal
  return {
    start: (workflow, input, options) => start(engine, workflow, input, options, { by: null }),
    know: (workflow) => engine.closed ? Effect.void : register(engine, [workflow]),
    find: (id) => reads.findRun(id),
    ending: ({ key }) => ending(engine, key),
    end: (id, how) =>
      Effect.catchTag(Effect.asVoid(command(engine, id, how)), ["InvalidValue", "Refused"], () => Effect.void),
    freeLink: (id) => freeLink(engine, id),
    goOn: (live, end, link, done) => goOn(engine, live, end, link, done),
    openOf: (id) =>
      Effect.map(
        reads.listRuns({
          labels: [{ name: parentLabel, is: "in", values: [id] }],
          phases: ["Pending", "Running"],
          limit: Infinity
        }),
        (rows) => rows.filter(({ phase }) => !isTerminal(phase))
      )
  }
}
