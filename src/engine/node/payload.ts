/** The bound on values that cross the journal. */
import { ended, type NodeEnd } from "./NodeEnd.ts"

/** Why a value may not be recorded, or `undefined`; `what` names it, as in `input of node "a"`. */
export const excess = (what: string, text: string, limit: number): string | undefined =>
  text.length <= limit
    ? undefined
    : `The ${what} has ${text.length} characters as JSON, the limit is ${limit}: store it in a file and pass its name, or raise limits.payload`

/** The ending of a node whose value is too large, or `undefined`. */
export const tooLarge = (what: string, text: string | undefined, limit: number): NodeEnd | undefined => {
  const why = text === undefined ? undefined : excess(what, text, limit)
  return why === undefined ? undefined : ended("Error", "LimitExceeded", why)
}
