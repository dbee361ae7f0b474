/** `pinnace lint`: every problem of some manifests. */
import { parseArgs } from "node:util"
import { formatIssue, lint } from "../manifest/mod.ts"
import { readManifests } from "./files.ts"
import { exitCodes, Usage } from "./Usage.ts"

/** Runs the verb; answers the exit code. Throws Usage. */
export const lintVerb = (args: ReadonlyArray<string>, print: (text: string) => void): number => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { output: { type: "string", short: "o", default: "plain" } }
  })
  if (positionals.length === 0) throw new Usage("lint needs a file")
  const issues = lint(readManifests(positionals))
  if (values.output === "json") print(JSON.stringify(issues, null, 2))
  else print(issues.length === 0 ? "no problems found" : issues.map(formatIssue).join("\n"))
  return issues.some(({ severity }) => severity === "error") ? exitCodes.usage : 0
}
