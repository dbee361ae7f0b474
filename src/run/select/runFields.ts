/** Field selectors of runs: `metadata.name!=a,status.phase=Failed`. Pure. */
import { fieldTerms, mustKnow } from "./fieldSelector.ts"
import { runFields, type RunFieldTerm } from "./runChoice.ts"

/** Reads such a selector; all its terms must hold. Throws BadSelector. */
export const runFieldTerms = (text: string): ReadonlyArray<RunFieldTerm> => {
  const terms = fieldTerms(text)
  mustKnow(terms, (field) => Object.hasOwn(runFields, field), Object.keys(runFields))
  return terms as ReadonlyArray<RunFieldTerm>
}
