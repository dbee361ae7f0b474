/** What may be said of suspend nodes of manifests: values for their outputs, another end, and which are meant. */
import { readParameters } from "./files.ts"
import { nodeSelector } from "./selectNodes.ts"
import { Usage } from "../Usage.ts"
import type { Flags, Options } from "../Verb.ts"

const phases = ["Succeeded", "Failed", "Error"] as const

/** What a suspend node is given. */
export interface Given {
  readonly parameters?: Readonly<Record<string, string>>
  readonly phase?: typeof phases[number]
  readonly message?: string
}

/** The options. */
export const suspendOptions: Options = {
  "output-parameter": {
    type: "string",
    short: "p",
    multiple: true,
    value: "NAME=VALUE",
    about: "An output of a suspend node of a manifest"
  },
  phase: { type: "string", value: "PHASE", about: "End a suspend node of a manifest as Succeeded, Failed or Error" },
  message: { type: "string", short: "m", value: "TEXT", about: "Why; shown with the node when it ends" },
  ...nodeSelector("Which suspend nodes of a manifest, as in displayName=approve")
}

/** What the options say. Throws Usage when a node cannot end with that phase. */
export const givenBy = (flags: Flags): Given => {
  const pairs = flags.all("output-parameter")
  const phase = phaseOf(flags)
  const message = flags.text("message")
  return {
    ...(pairs.length === 0 ? {} : { parameters: readParameters(pairs, undefined) }),
    ...(phase === undefined ? {} : { phase }),
    ...(message === undefined ? {} : { message })
  }
}

const phaseOf = (flags: Flags): Given["phase"] => {
  const text = flags.text("phase")
  const phase = phases.find((it) => it === text)
  if (text !== undefined && phase === undefined) throw new Usage(`--phase ${text}: choose ${phases.join(", ")}`)
  return phase
}
