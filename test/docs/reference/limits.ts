/** The page of limits, from the table of the engine and what its source says of each. */
import { defaultLimits } from "../../../src/engine/Limits.ts"
import { fieldsOf } from "./fields.ts"

/** The page. */
export const limitsPage = (): string => {
  const rows = fieldsOf("src/engine/Limits.ts", "Limits").map(({ about, name }) =>
    `| \`${name}\` | ${defaultLimits[name as keyof typeof defaultLimits].toLocaleString("en-US")} | ${about} |`
  )
  return `# Limits

Every bound of the engine. Past one there is a clear error, and nothing is lost. All can be changed with
\`open(path, { limits: { … } })\`. A test writes this page from \`src/engine/Limits.ts\`.

| limit | default | what it bounds, and why |
|---|---|---|
${rows.join("\n")}
`
}
