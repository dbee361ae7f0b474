/** Which writes have no form in storage, as the columns of a file would refuse them; for journals without columns. */
import type { Write } from "./Journal.ts"

/** What is wrong with a write, as in `"priority" of a node (1.5)`, or `undefined`. */
export const unstorable = (write: Write): string | undefined => {
  const row = "row" in write ? write.row : write
  for (const [name, value] of Object.entries(row)) {
    if (!isStorable(value)) return `"${name}" of a ${write.kind} (${String(value)})`
  }
  return undefined
}

const isStorable = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isInteger(value) && Math.abs(value) < 2 ** 63
    : value !== undefined && typeof value !== "function" && typeof value !== "symbol"
