/** What somebody may have meant by a wrong name, as a sentence. */
import { nearest } from "../../../workflow/nearest.ts"

/** `Did you mean "…"?`, or empty. */
export const didYouMean = (wrong: string, names: Iterable<string>): string => {
  const found = nearest(wrong, names)
  return found === undefined ? "" : `Did you mean "${found}"?`
}
