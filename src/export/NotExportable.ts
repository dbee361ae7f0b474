/** What of a workflow has no equivalent in Argo. */

/** One place, what is there, and what to do. */
export interface ExportIssue {
  /** Names of the workflow and its nodes. */
  readonly path: string
  readonly message: string
  readonly hint: string
}

/** A workflow cannot be exported; `issues` holds every reason. */
export class NotExportable extends Error {
  override readonly name: "NotExportable" = "NotExportable"
  readonly issues: ReadonlyArray<ExportIssue>

  constructor(workflow: string, issues: ReadonlyArray<ExportIssue>) {
    const lines = issues.map(({ hint, message, path }) => `  ${path}: ${message}\n    ${hint}`)
    super(`Workflow "${workflow}" cannot be exported to Argo, for ${issues.length} reason(s):\n${lines.join("\n")}`)
    this.issues = issues
  }
}
