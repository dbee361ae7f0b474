/** Reads the entries of an unpacked archive, none of which is trusted. All functions throw `EntryFault`. */
import type { Stats } from "node:fs"
import { lstat, readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { entryBytes, jsonDepth } from "./Archive.ts"
import { EntryFault } from "./BadArchive.ts"

/** The one JSON value of an entry. */
export const readValue = async <A>(directory: string, name: string, schema: Schema.Codec<A, unknown>): Promise<A> =>
  decode(await readText(directory, name), name, schema)

/** The values of an entry with one of them in each line. */
export const readLines = async <A>(
  directory: string,
  name: string,
  schema: Schema.Codec<A, unknown>
): Promise<ReadonlyArray<A>> => {
  const lines = (await readText(directory, name)).split("\n")
  if (lines.at(-1) === "") lines.pop()
  return lines.map((line, index) => decode(line, lineOf(name, index), schema))
}

/** How a line (from 0) of an entry is named. */
export const lineOf = (name: string, index: number): string => `${name}, line ${index + 1}`

/** Throws unless the entry is a file of at most this many bytes; a link is not one. */
export const checkFile = async (directory: string, name: string, bytes: number): Promise<void> => {
  const found = await lstat(join(directory, name)).catch((cause): Stats => {
    throw new EntryFault(name, "the entry is missing", { cause })
  })
  if (!found.isFile()) throw new EntryFault(name, "it is not a file")
  if (found.size > bytes) throw new EntryFault(name, `it holds ${found.size} bytes, more than ${bytes}`)
}

/** A JSON text decoded; `entry` is named when it is wrong. */
export const decode = <A>(text: string, entry: string, schema: Schema.Codec<A, unknown>): A => {
  if (isNestedDeeper(text, jsonDepth)) throw new EntryFault(entry, `it is nested deeper than ${jsonDepth} levels`)
  return checked(entry, () => Schema.decodeUnknownSync(schema)(JSON.parse(text)))
}

/** What `read` gives; what it throws is told of the entry. */
export const checked = <A>(entry: string, read: () => A): A => {
  try {
    return read()
  } catch (cause) {
    throw new EntryFault(entry, problemOf(cause), { cause })
  }
}

const problemOf = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

const readText = async (directory: string, name: string): Promise<string> => {
  await checkFile(directory, name, entryBytes)
  return await readFile(join(directory, name), "utf8")
}

const [quote, backslash, opening, closing] = [34, 92, new Set([91, 123]), new Set([93, 125])]

/** Whether JSON text is nested deeper than that, without parsing it: parsers and printers go as deep as their input. */
const isNestedDeeper = (text: string, most: number): boolean => {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) inString = !inString
    else if (inString) at += code === backslash ? 1 : 0
    else if (closing.has(code)) depth--
    else if (opening.has(code) && ++depth > most) return true
  }
  return false
}
