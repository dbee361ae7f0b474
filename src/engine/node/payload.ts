/** The bounds on values and texts that cross the journal. */
import { boundedEnding, type TextBounds } from "../../run/bounded.ts"
import { bytesOf, isLonger } from "../../workflow/boundedText.ts"
import { ended, type NodeEnd } from "./NodeEnd.ts"

/** Why a value may not be recorded, or `undefined`; `what` names it, as in `input of workflow "a"`. */
export const excess = (what: string, text: string, limit: number): string | undefined =>
  !isLonger(text, limit)
    ? undefined
    : `The ${what} has ${
      bytesOf(text)
    } bytes as JSON, the limit is ${limit}: store it in a file and pass its name, or raise limits.payload`

/** The ending of a node whose value is too large, or `undefined`. */
export const tooLarge = (what: string, text: string | undefined, limit: number): NodeEnd | undefined => {
  const why = text === undefined ? undefined : excess(what, text, limit)
  return why === undefined ? undefined : ended("Error", "LimitExceeded", why)
}

/** An ending within the bounds: its texts are cut, a declared error with too much data is refused. */
export const fitting = (end: NodeEnd, limits: TextBounds & { readonly payload: number }): NodeEnd => {
  const data = end.error?.data
  const text = data === undefined ? undefined : JSON.stringify(data)
  return tooLarge("error", text, limits.payload) ?? boundedEnding(end, limits)
}
