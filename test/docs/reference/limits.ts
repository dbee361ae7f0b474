/** The page of limits, from the table of the engine and what its source says of each. */
import { readFileSync } from "node:fs"
import { defaultLimits } from "../../../src/engine/Limits.ts"
import { root } from "../../examples/program.ts"

/** What stands above each field of the interface, in one line. */
const reasons = (): ReadonlyMap<string, string> => {
  const source = readFileSync(`${root}src/engine/Limits.ts`, "utf8")
  const fields = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+): number/g)
  return new Map(
    [...fields].map(([, text = "", name = ""]) => [name, text.replaceAll(/\s*\n\s*\*\s?|\s+/g, " ").trim()])
  )
}

/** The page. */
export const limitsPage = (): string => {
  const why = reasons()
  const rows = Object.entries(defaultLimits).map(([name, value]) =>
    `| \`${name}\` | ${value.toLocaleString("en-US")} | ${why.get(name) ?? "(not documented)"} |`
  )
  return `# Limits

Every bound of the engine. Past one there is a clear error, and nothing is lost. All can be changed with
\`open(path, { limits: { … } })\`. A test writes this page from \`src/engine/Limits.ts\`.

| limit | default | what it bounds, and why |
|---|---|---|
${rows.join("\n")}
`
}
