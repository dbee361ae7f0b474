/** `pinnace lint`: every problem of some manifests. */
import type { Capabilities } from "../../argo/Capabilities.ts"
import { describeEnvironment, formatIssue, formatReport, lint, supportReport } from "../../argo/mod.ts"
import { readManifests } from "../arguments/files.ts"
import { isModule } from "../arguments/source.ts"
import { exitCodes, Usage } from "../Usage.ts"

/** What is wanted of it. */
export interface LintRequest {
  /** Files and directories. */
  readonly paths: ReadonlyArray<string>
  readonly capabilities: Capabilities
  /** Whether the fields in use are told instead of the problems. */
  readonly report: boolean
  readonly json: boolean
}

/** Runs the verb; answers the exit code. Throws Usage. */
export const lintVerb = ({ json, capabilities, paths, report }: LintRequest, print: (text: string) => void): number => {
  const module = paths.find(isModule)
  if (module !== undefined) {
    throw new Usage(`lint reads manifests, and ${module} is a module: use \`check\``)
  }
  const files = readManifests(paths)
  if (files.every(({ text }) => text.trim() === "")) throw new Usage(`${paths.join(", ")}: there is nothing in it`)
  const issues = lint(files, capabilities)
  if (report) {
    const fields = supportReport(files)
    print(json ? JSON.stringify(fields, null, 2) : `${formatReport(fields)}\n${describeEnvironment(capabilities)}`)
  } else if (json) print(JSON.stringify(issues, null, 2))
  else print(issues.length === 0 ? "no problems found" : issues.map(formatIssue).join("\n"))
  return issues.some(({ severity }) => severity === "error") ? exitCodes.usage : 0
}
