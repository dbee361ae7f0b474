/** What is wrong with an archive that was to be imported. */
import * as Schema from "effect/Schema"

/**
 * A file is not a run that `export` wrote, or is damaged; `entry` names
 * the part of it (empty: the whole), and nothing was taken in.
 */
export class BadArchive extends Schema.TaggedError<BadArchive>()("BadArchive", {
  file: Schema.String,
  entry: Schema.String,
  message: Schema.String
}) {}

/** Something is wrong with an entry; `importRun` adds which file it is. */
export class EntryFault extends Error {
  readonly entry: string

  constructor(entry: string, problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.entry = entry
  }
}

/** The error for an archive of which one entry is wrong; what the archive itself says is cut. */
export const badArchive = (file: string, entry: string, problem: string): BadArchive => {
  const where = short(entry)
  const why = `${where === "" ? "" : `${where}: `}${short(problem)}`
  const message = `Cannot import ${file}: ${why}. Nothing was imported. Ask for a new export of the run.`
  return new BadArchive({ file, entry: where, message })
}

const longest = 300

const short = (text: string): string => {
  const line = text.replace(/\s+/g, " ")
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
