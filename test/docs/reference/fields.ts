/** Fields of an interface, as its source declares and documents them. */
import { readFileSync } from "node:fs"
import { root } from "../../examples/program.ts"

/** A field. */
export interface Field {
  readonly name: string
  readonly type: string
  /** What its docstring says, in one line; empty where it has none. */
  readonly about: string
}

/** The fields that an interface declares itself. Throws where the source has no such interface. */
export const fieldsOf = (file: string, name: string): ReadonlyArray<Field> => {
  const source = readFileSync(root + file, "utf8")
  const found = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(source)
  if (found === null) throw new Error(`${file} declares no interface ${name}`)
  const field =
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+)?(?:\/\/.*\s+)?^ {2}readonly (\w+)\??: (.*(?:\n {4,}.*|\n {2}[})>].*)*)/gm
  return [...found[1]!.matchAll(field)].map(([, about = "", name = "", type = ""]) => ({
    name,
    type: type.replaceAll(/\s+/g, " "),
    about: about.replaceAll(/\s*\n\s*\*\s?/g, " ").trim()
  }))
}

/** Rows of a table. */
export const rowsOf = (fields: ReadonlyArray<Field>, leave: ReadonlyArray<string> = []): string =>
  fields.filter(({ name }) => !leave.includes(name)).map(({ about, name }) =>
    `| \`${name}\` | ${about === "" ? "(not documented)" : about.replaceAll("|", "\\|")} |\n`
  ).join("")
