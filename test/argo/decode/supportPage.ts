/** The support table as a page of documentation. */
import type { Field, Shape } from "../../../src/argo/document/decode/Field.ts"
import { examples } from "./examples.ts"
import { supportTable } from "../../../src/argo/document/decode/supportTable.ts"
import { witnesses } from "../../conformance/fields/report.ts"
import { unwitnessed } from "../../conformance/fields/unwitnessed.ts"

/** The page, as Markdown. */
export const supportPage = (): string =>
  [head, exampleSection(), ...Object.keys(supportTable).sort().map(section)].join("\n\n") + "\n"

const head = `# Fields of manifests

What becomes of every field, from the table that decodes manifests; a test keeps this page so. Fields that are not in it are refused as unknown.
\`pinnace lint FILE --report\` tells it of the fields that a file uses. *Shown by* names the case of \`test/conformance/cases\` or
\`test/manifests\` that ends otherwise when the field is deleted from it (\`npm run conformance -- --fields\`).`

const exampleSection = (): string => {
  const rows = examples.map(({ file, here, why }) => `| \`${file}\` | ${why} | ${here} |`)
  return [
    "## Argo's examples that need more than a run",
    "",
    "| example | why | here |",
    "|---|---|---|",
    ...rows
  ].join("\n")
}

const section = (name: string): string => {
  const rows = Object.entries(supportTable[name]!).map(([field, it]) =>
    `| \`${field}\` | ${shapeOf(it.shape)} | ${becomes(it)} | ${shownBy(`${name}.${field}`)} |`
  )
  return [`## ${name}`, "", "| field | holds | what becomes of it | shown by |", "|---|---|---|---|", ...rows].join(
    "\n"
  )
}

const known = witnesses()

const shownBy = (field: string): string =>
  Object.hasOwn(known, field) ? `\`${known[field]}\`` : unwitnessed[field] ?? ""

const shapeOf = (shape: Shape): string => {
  switch (shape.kind) {
    case "list":
      return `list of ${shapeOf(shape.of)}`
    case "map":
      return `map of ${shapeOf(shape.of)}`
    case "object":
      return `[${shape.name}](#${shape.name.toLowerCase()})`
    case "any":
      return "anything"
    default:
      return shape.kind
  }
}

const becomes = ({ support }: Field): string => {
  if (support._tag === "Supported") return support.only ?? "supported"
  return `**${support._tag.toLowerCase()}**: ${support.why}`
}
