/** What is wrong with a manifest, and where. */

/** An error stops the run before it begins; a warning is only told. */
export type Severity = "error" | "warning"

/** One problem. */
export interface ManifestIssue {
  readonly severity: Severity
  /** A stable word for the rule. */
  readonly code: string
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The offending text. */
  readonly text: string
  /** What is wrong and why. */
  readonly message: string
  /** What to do, or empty. */
  readonly hint: string
}

/** A manifest that cannot be run; carries every problem found. */
export class InvalidManifest extends Error {
  override readonly name: "InvalidManifest" = "InvalidManifest"
  /** All problems. */
  readonly issues: ReadonlyArray<ManifestIssue>

  constructor(issues: ReadonlyArray<ManifestIssue>) {
    super(issues.map(formatIssue).join("\n"))
    this.issues = issues
  }
}

/** A problem as one line: `file:line:column: error: message (hint)`. */
export const formatIssue = (issue: ManifestIssue): string => {
  const hint = issue.hint === "" ? "" : ` (${issue.hint})`
  return `${issue.file}:${issue.line}:${issue.column}: ${issue.severity}: ${issue.message}${hint}`
}
