/** The rows in storage are exactly the fold of the events, and the events are numbered without gaps. */
import type { Invariant } from "./evidence.ts"
import type { Rows } from "./evolve.ts"

const canonical = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
      Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, it]) => [key, canonical(it)])
    )
    : value

const text = (row: object | undefined): string => JSON.stringify(canonical(row))

/** Says where two sets of rows of one run differ; the owner is not compared, it is not part of the fold. */
export const differences = (stored: Rows, folded: Rows): ReadonlyArray<string> => {
  const found: Array<string> = []
  const compare = (name: string, a: object | undefined, b: object | undefined) => {
    if (text(a) !== text(b)) found.push(`Fold: the row of ${name} is ${text(a)}, its events give ${text(b)}`)
  }
  compare("the run", { ...stored.run, owner: null }, { ...folded.run, owner: null })
  for (const path of new Set([...stored.nodes.keys(), ...folded.nodes.keys()])) {
    compare(path, stored.nodes.get(path), folded.nodes.get(path))
  }
  return found
}

/** Checks that events are numbered from 1 and, when rows are given, that they are the fold. */
export const checkFold: Invariant = ({ events, rows }, report) => ({
  end: (folded) => {
    events.forEach(({ seq }, index) => {
      if (seq !== index + 1) report(`Fold: event ${index + 1} is numbered ${seq}`)
    })
    if (rows !== undefined) differences(rows, folded).forEach(report)
  }
})
