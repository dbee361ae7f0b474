/** Reads what the command line names. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import type { SourceFile } from "../../argo/mod.ts"
import { Usage } from "../Usage.ts"

/** The manifests at some paths; of a directory, all in it. Throws Usage. */
export const readManifests = (paths: ReadonlyArray<string>): ReadonlyArray<SourceFile> => {
  const files = paths.flatMap((path) => isDirectory(path) ? manifestsIn(path) : [path])
  return files.map((name) => ({ name, text: readText(name), ...(name === "-" ? {} : { path: name }) }))
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Of a directory: neither packages nor what is hidden, and of JSON only what has a kind, as `package.json` has not. */
const manifestsIn = (folder: string): ReadonlyArray<string> => {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    !/(^|[/\\])(node_modules|\.[^/\\]+)([/\\]|$)/.test(name) &&
    (/\.ya?ml$/.test(name) || name.endsWith(".json") && /"kind"\s*:/.test(bytesOf(join(folder, name))))
  )
  if (names.length === 0) throw new Usage(`${folder} holds no manifests: files that end in .yaml, .yml or .json`)
  return names.sort().map((name) => join(folder, name))
}

/** The text of a file; `-` is standard input. Throws Usage. */
export const readText = (file: string): string => {
  const text = bytesOf(file)
  if (text.includes("\0")) throw new Usage(`Cannot read ${file}: it is not a text file`)
  return text
}

const bytesOf = (file: string): string => {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8")
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Usage(`Cannot read ${file}: ${code === "ENOENT" ? "there is no such file" : message}`)
  }
}

/** Parameters from `-p name=value`, on top of those of a file. Throws Usage. */
export const readParameters = (
  pairs: ReadonlyArray<string>,
  file: string | undefined
): Readonly<Record<string, string>> => ({
  ...(file === undefined ? {} : ofFile(file)),
  ...Object.fromEntries(pairs.map(pair))
})

const pair = (text: string): readonly [string, string] => {
  const at = text.indexOf("=")
  if (at <= 0) throw new Usage(`-p ${text}: write NAME=VALUE`)
  return [text.slice(0, at), text.slice(at + 1)]
}

const yamlOf = (file: string): unknown => {
  try {
    return parse(readText(file))
  } catch (error) {
    if (error instanceof Usage) throw error
    throw new Usage(`${file}: ${(error as Error).message.split("\n")[0]}`)
  }
}

const ofFile = (file: string): Readonly<Record<string, string>> => {
  const made: unknown = yamlOf(file)
  if (typeof made !== "object" || made === null || Array.isArray(made)) {
    throw new Usage(`${file} must be a map of parameters`)
  }
  return Object.fromEntries(
    Object.entries(made).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])
  )
}
