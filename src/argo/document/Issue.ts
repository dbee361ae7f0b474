/** What is wrong with a manifest, and where. */

/** An error stops the run before it begins; a warning is only told. */
export type Severity = "error" | "warning"

/** One problem. */
export interface ManifestIssue {
  /** Whether it stops the run before it begins. */
  readonly severity: Severity
  /** A stable word for the rule. */
  readonly code: string
  /** The file it stands in, as the file is called in messages. */
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
  /** Tells this error from others. */
  override readonly name: "InvalidManifest" = "InvalidManifest"
  /** All problems. */
  readonly issues: ReadonlyArray<ManifestIssue>

  /** Makes an error whose message holds a line for each problem. */
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
