/** Sprig functions as `sprig.NAME`; those that are not here are in `absent.ts`. */
import type { Budget } from "../Budget.ts"
import type { Value, ValueMap } from "../Value.ts"
import { chance } from "./chance.ts"
import { collections } from "./collections.ts"
import { dates } from "./dates.ts"
import { encoded } from "./encodings.ts"
import { metered } from "./metered.ts"
import { numbers } from "./numbers.ts"
import { strings } from "./strings.ts"
import type { Functions } from "./values.ts"
import { versions } from "./versions.ts"

/** Functions that also have a name with `must` in front: there they tell a problem that templates would panic of. */
const strict: ReadonlyArray<string> = [
  ..."append chunk compact deepCopy first has initial last merge mergeOverwrite prepend push rest reverse slice".split(
    " "
  ),
  ..."regexFind regexFindAll regexMatch regexReplaceAll regexReplaceAllLiteral regexSplit".split(" "),
  ..."toJson toPrettyJson toRawJson uniq without".split(" ")
]

/** The functions as a map, with what they may use. */
export const sprig = (budget: Budget, now: () => number): ValueMap => {
  const all: Functions = {
    ...strings,
    ...numbers,
    ...collections,
    ...encoded,
    ...versions,
    ...dates(budget, now),
    ...chance(budget),
    ...metered(budget)
  }
  const musts = strict.map((name) => [`must${name[0]!.toUpperCase()}${name.slice(1)}`, all[name]!] as const)
  return new Map<Value, Value>([...Object.entries(all), ...musts])
}
