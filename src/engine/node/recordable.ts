/** Inputs and endings of nodes as they may be recorded: without secrets, within the bounds. */
import { boundedText, bytesOf } from "../../workflow/boundedText.ts"
import type { LiveNode } from "../Live.ts"
import { hideSecrets, holdsSecret } from "./hideSecrets.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { fitting, tooLarge } from "./payload.ts"

/** The ending of a node as it may be recorded; `why` is added to its message and survives a cut. */
export const recordable = (live: LiveNode, end: NodeEnd, why = ""): NodeEnd => {
  const { limits } = live.run.host
  const large = tooLarge("output", end.text, limits.payload)
  if (large !== undefined) return large
  // Masked first: a secret that is cut is not found any more.
  const masked = hideSecrets(live.run.mask, end)
  const fits = fitting(masked, limits)
  if (why === "" || fits.reason === "LimitExceeded") return fits
  const told = `; ${why}`
  return {
    ...fits,
    message: boundedText(masked.message ?? end.reason ?? end.phase, limits.message - bytesOf(told)) + told
  }
}

/** The ending of a node whose input may not be recorded, or `undefined`. */
export const refusedInput = (live: LiveNode, text: string): NodeEnd | undefined => {
  const { host, mask } = live.run
  return tooLarge("input", text, host.limits.payload) ?? holdsSecret(mask, text)
}
