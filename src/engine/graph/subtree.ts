/** Where the children of one attempt of a composite lie. */
import { attempt as attemptPath } from "../../run/path.ts"
import type { Ledger } from "../Ledger.ts"

/**
 * The path prefix of an attempt's children: a manual retry goes
 * on in the subtree of the last attempt before it (`base`).
 */
export const subtree = (ledger: Ledger, path: string, attempt: { readonly number: number }): string =>
  attemptPath(path, (ledger.nodes.get(path)?.base ?? 0) + attempt.number)
