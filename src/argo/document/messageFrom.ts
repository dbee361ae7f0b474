/** What a thrown value says, with its causes and members: `fetch failed: connect ECONNREFUSED 127.0.0.1:9`. */
import { encodeThrown, errorWords } from "../../run/thrown.ts"

/** One line that tells what was thrown. */
export const messageFrom = (thrown: unknown): string => errorWords(encodeThrown(thrown))
