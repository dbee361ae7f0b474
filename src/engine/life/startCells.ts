/** The cells of start policies as writes of a journal. */
import type { Write } from "../../journal/Journal.ts"
import { type CellChange, startSpace } from "../../run/starting.ts"

/** The write that changes one, or with `null` removes it. */
export const cellWrite = (change: Omit<CellChange, "data"> & { readonly data: string | null }): Write => ({
  kind: "cell",
  space: startSpace,
  ...change
})
