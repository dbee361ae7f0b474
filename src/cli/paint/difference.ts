/** What differs between two runs, as lines. */
import type { Difference } from "../../view/difference.ts"
import type { Shell } from "../Shell.ts"
import { cut, oneLine } from "./width.ts"

/** A line for each node that differs, with what differs beneath it. */
export const differenceLines = (
  { columns, paint }: Shell,
  left: string,
  right: string,
  found: ReadonlyArray<Difference>
): ReadonlyArray<string> => [
  `${left} → ${right}`,
  ...found.length === 0 ? ["No difference"] : [],
  ...found.flatMap(({ name, what }) => [paint.bold(name), ...what.map((line) => cut(`  ${oneLine(line)}`, columns))])
]
