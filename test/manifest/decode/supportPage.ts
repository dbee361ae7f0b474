/** The support table as a page of documentation. */
import type { Field, Shape } from "../../../src/manifest/decode/Field.ts"
import { examples } from "./examples.ts"
import { supportTable } from "../../../src/manifest/decode/supportTable.ts"

/** The page, as Markdown. */
export const supportPage = (): string =>
  [head, exampleSection(), ...Object.keys(supportTable).sort().map(section)].join("\n\n") + "\n"

const head = `# Fields of manifests

What becomes of every field, from the table that decodes manifests; a test keeps this page so. Fields that are not in it are refused as unknown.
\`pinnace lint FILE --report\` tells it of the fields that a file uses.`

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
    `| \`${field}\` | ${shapeOf(it.shape)} | ${becomes(it)} |`
  )
  return [`## ${name}`, "", "| field | holds | what becomes of it |", "|---|---|---|", ...rows].join("\n")
}

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
