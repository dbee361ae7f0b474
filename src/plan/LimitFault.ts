/** What checks of numbers find. */
import type { IssueCode } from "./Issue.ts"

/** A number that makes no sense. */
export interface LimitFault {
  readonly code: IssueCode
  readonly message: string
  readonly hint: string
}
