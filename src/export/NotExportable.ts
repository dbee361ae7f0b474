/** What of a workflow has no equivalent in Argo. */

/** One place, what is there, and what to do. */
export interface ExportIssue {
  /** Names of the workflow and its nodes. */
  readonly path: string
  /** What Argo cannot do, or cannot do in the same way. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** A workflow cannot be exported; `issues` holds every reason. */
export class NotExportable extends Error {
  /** Tells this error from others. */
  override readonly name: "NotExportable" = "NotExportable"
  /** Every reason, one for each place. */
  readonly issues: ReadonlyArray<ExportIssue>

  /** Makes the error of a workflow; its message holds all reasons. */
  constructor(workflow: string, issues: ReadonlyArray<ExportIssue>) {
    const lines = issues.map(({ hint, message, path }) => `  ${path}: ${message}\n    ${hint}`)
    super(`Workflow "${workflow}" cannot be exported to Argo, for ${issues.length} reason(s):\n${lines.join("\n")}`)
    this.issues = issues
  }
}
