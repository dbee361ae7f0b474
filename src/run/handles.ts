/** Finds handles of artifacts in recorded values, without decoding them. */

const none: ReadonlyArray<string> = []
const handle = /"artifact":"([^"\\]+)"/g

/** The ids of artifacts that a JSON text holds handles of; most texts hold none, and cost one search. */
export const handlesIn = (text: string): ReadonlyArray<string> =>
  text.includes('"artifact":') ? [...new Set([...text.matchAll(handle)].map(([, id]) => id!))] : none
