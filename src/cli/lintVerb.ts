/** `pinnace lint`: every problem of some manifests. */
import { parseArgs } from "node:util"
import { formatIssue, formatReport, lint, supportReport } from "../manifest/mod.ts"
import { readManifests } from "./files.ts"
import { exitCodes, Usage } from "./Usage.ts"

/** Runs the verb; answers the exit code. Throws Usage. */
export const lintVerb = (args: ReadonlyArray<string>, print: (text: string) => void): number => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { output: { type: "string", short: "o", default: "plain" }, report: { type: "boolean" } }
  })
  if (positionals.length === 0) throw new Usage("lint needs a file")
  const files = readManifests(positionals)
  const issues = lint(files)
  if (values.report === true) {
    const report = supportReport(files)
    print(values.output === "json" ? JSON.stringify(report, null, 2) : formatReport(report))
  } else if (values.output === "json") print(JSON.stringify(issues, null, 2))
  else print(issues.length === 0 ? "no problems found" : issues.map(formatIssue).join("\n"))
  return issues.some(({ severity }) => severity === "error") ? exitCodes.usage : 0
}
