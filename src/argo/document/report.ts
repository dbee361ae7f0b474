/** How the fields that manifests use are treated, from the table that decodes them. */
import { decodeFiles } from "./admitted.ts"
import type { Use } from "./decode/check.ts"
import type { SourceFile } from "./decode/decode.ts"
import type { Support } from "./decode/Field.ts"

/** A field in use. */
export interface FieldReport {
  /** Its path, places in lists left out: `spec.templates[].container.image`. */
  readonly path: string
  /** Whether it is supported, ignored or refused. */
  readonly support: Support["_tag"]
  /** Why it is ignored or refused, or where it is supported; empty when it is supported everywhere. */
  readonly why: string
  /** How often it is used in all files. */
  readonly count: number
  /** Where it is used first. */
  readonly file: string
  /** The line of that use, from 1. */
  readonly line: number
}

const order: ReadonlyArray<Support["_tag"]> = ["Refused", "Ignored", "Supported"]

/** Every field that the files use, once: what is refused first, then what is ignored, then what is supported. */
export const supportReport = (files: ReadonlyArray<SourceFile>): ReadonlyArray<FieldReport> =>
  [...Map.groupBy(decodeFiles(files).uses, pathOf).entries()].map(([path, uses]) => lineOf(path, uses)).sort((
    a,
    b
  ) => order.indexOf(a.support) - order.indexOf(b.support) || (a.path < b.path ? -1 : 1))

const pathOf = ({ path }: Use): string => path.replace(/\[\d+\]/g, "[]")

const lineOf = (path: string, uses: ReadonlyArray<Use>): FieldReport => {
  const { field: { support }, file, line } = uses[0]!
  const why = support._tag === "Supported" ? support.only ?? "" : support.why
  return { path, support: support._tag, why, count: uses.length, file, line }
}

/** The report as text, one line for each field. */
export const formatReport = (report: ReadonlyArray<FieldReport>): string =>
  report.map(({ count, file, line, path, support, why }) =>
    `${support.toLowerCase().padEnd(9)}  ${path}${count > 1 ? ` (${count} times)` : ""}${why === "" ? "" : `: ${why}`}${
      support === "Supported" ? "" : ` [${file}:${line}]`
    }`
  ).join("\n")
