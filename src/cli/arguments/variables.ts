/** Variables that templates are given: names are kept with a run, values never; a later command reads them again. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import process from "node:process"
import { Usage } from "../Usage.ts"
import type { Flags } from "../Verb.ts"
import { own } from "../../workflow/own.ts"

/** Which they are. */
export interface Variables {
  /** Their names. */
  readonly env?: ReadonlyArray<string>
  /** Absolute paths of files that have more. */
  readonly envFiles?: ReadonlyArray<string>
  /** Values of this command line, which are in no record. */
  readonly values?: Readonly<Record<string, string>>
}

/** What the command line says. Throws Usage. */
export const variablesOf = (flags: Flags): Variables => {
  const pairs = flags.all("env").map((text) => /^([^=]+)(?:=(.*))?$/s.exec(text) ?? refuse(text))
  const values = pairs.flatMap(([, name, value]) => value === undefined ? [] : [[name!, value] as const])
  const envFiles = flags.all("env-file").map((it) => resolve(it))
  return {
    ...(pairs.length === 0 ? {} : { env: pairs.map(([, name]) => name!) }),
    ...(envFiles.length === 0 ? {} : { envFiles }),
    ...(values.length === 0 ? {} : { values: Object.fromEntries(values) })
  }
}

const refuse = (text: string): never => {
  throw new Usage(`--env ${text}: write NAME or NAME=VALUE`)
}

/** The variables with their values. Throws Usage for one that is not set. */
export const readVariables = (
  { env = [], envFiles = [], values = {} }: Variables
): Readonly<Record<string, string>> => {
  const filed = Object.fromEntries(envFiles.flatMap(readFile))
  const named = env.map((name) => {
    const value = own(values, name) ?? own(process.env, name) ?? own(filed, name)
    if (value !== undefined) return [name, value] as const
    throw new Usage(
      `the templates expect the variable ${name} (--env ${name}), which is not set here. ` +
        `Its value is not kept with the run: set it for this command, as in ${name}=… pinnace …`
    )
  })
  return { ...filed, ...Object.fromEntries(named) }
}

const readFile = (file: string): ReadonlyArray<readonly [string, string]> => {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/).flatMap((line, index) => lineOf(line, `${file}:${index + 1}`))
  } catch (error) {
    if (error instanceof Usage) throw error
    throw new Usage(`--env-file ${file}: ${(error as Error).message}`)
  }
}

const lineOf = (line: string, place: string): ReadonlyArray<readonly [string, string]> => {
  const text = line.trim()
  if (text === "" || text.startsWith("#")) return []
  const at = text.indexOf("=")
  if (at <= 0) throw new Usage(`${place}: write NAME=VALUE`)
  const [name, value] = [text.slice(0, at).replace(/^export /, "").trim(), text.slice(at + 1).trim()]
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : undefined
  const isQuoted = quote !== undefined && value.length > 1 && value.endsWith(quote)
  return [[name, isQuoted ? value.slice(1, -1) : value]]
}
