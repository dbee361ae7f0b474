/** `pinnace node set`. */
import * as Effect from "effect/Effect"
import { actOn } from "../act.ts"
import { readParameters } from "../files.ts"
import { findRun } from "../findRun.ts"
import { type Phase, phaseOf, phaseOption } from "../phaseOption.ts"
import { isManifestRun } from "../show/runHead.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

interface Given {
  readonly parameters?: Readonly<Record<string, string>>
  readonly phase?: Phase
  readonly message?: string
}

const givenBy = ({ flags }: Call): Given => {
  const pairs = flags.all("output-parameter")
  const phase = phaseOf(flags)
  const message = flags.text("message")
  return {
    ...(pairs.length === 0 ? {} : { parameters: readParameters(pairs, undefined) }),
    ...(phase === undefined ? {} : { phase }),
    ...(message === undefined ? {} : { message })
  }
}

const set = (call: Call): Promise<number> => {
  const { args, flags } = call
  if (args[0] !== "set") throw new Usage(`there is no "node ${args[0]}": use node set RUN`)
  const given = givenBy(call)
  if (Object.keys(given).length === 0) throw new Usage("say what to set: --output-parameter, --phase or --message")
  return actOn(
    call,
    async (run, pinnace) => {
      if (!isManifestRun(run.nodes())) throw new Usage(`run ${run.id} is not of a manifest: use signal`)
      const { setManifestNode } = await import("../../manifest/commands.ts")
      await Effect.runPromise(
        setManifestNode(pinnace.engine, run.id, given, flags.text("node-field-selector"))
      )
      return `Suspend nodes of run ${run.id} were set`
    },
    (pinnace) => [findRun(pinnace, args[1]!)]
  )
}

/** The verb. */
export const verb: Verb = {
  usage: "set RUN [options]",
  about:
    "Gives suspend nodes of a manifest's run values for their outputs, with which they go on waiting until `resume`, or another end than success with --phase. " +
    "All that wait are meant, or those that a selector chooses.",
  takes: [2, 2],
  options: {
    "output-parameter": {
      type: "string",
      short: "p",
      multiple: true,
      value: "NAME=VALUE",
      about: "An output of the nodes"
    },
    phase: phaseOption,
    message: { type: "string", short: "m", value: "TEXT", about: "Why; shown with the nodes when they end" },
    "node-field-selector": { type: "string", value: "FIELD=VALUE,…", about: "Which suspend nodes" }
  },
  examples: [
    ["node set deploy-1 -p decision=YES --node-field-selector displayName=approve", "a value for one suspend node"],
    ["node set deploy-1 --phase Failed -m 'not today'", "let all that wait fail"]
  ],
  run: set
}
