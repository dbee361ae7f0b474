/** `--phase`: how suspend nodes of manifests are to end. */
import { Usage } from "./Usage.ts"
import type { Flags, Options } from "./Verb.ts"

/** The ends that can be given. */
export type Phase = "Succeeded" | "Failed" | "Error"

const phases: ReadonlyArray<Phase> = ["Succeeded", "Failed", "Error"]

/** The option. */
export const phaseOption: Options[string] = {
  type: "string",
  value: "PHASE",
  about: "End a suspend node of a manifest as Succeeded, Failed or Error"
}

/** What was given, or `undefined`. Throws Usage when it is no such end. */
export const phaseOf = (flags: Flags): Phase | undefined => {
  const text = flags.text("phase")
  const phase = phases.find((it) => it === text)
  if (text !== undefined && phase === undefined) throw new Usage(`--phase ${text}: choose ${phases.join(", ")}`)
  return phase
}
