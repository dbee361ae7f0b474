/** Limits that come from outside: a file, an environment variable, a URL. Each names itself in every message. */
import { type FSWatcher, statSync, watch } from "node:fs"
import { readFile } from "node:fs/promises"
import { basename, dirname } from "node:path"
import process from "node:process"
import { admit, admitOne, count, path as aPath, text } from "../workflow/admit.ts"
import type { LimitSource } from "../workflow/Semaphore.ts"
import { LimitUnavailable } from "./LimitUnavailable.ts"

/**
 * A key of a JSON file, or of a YAML file when its name ends in `.yaml` or `.yml` (a path of names, as in
 * `"limits.api"`), or the whole content when no key is given; read again when the file changes. A file that is empty is
 * taken for one that is just being written.
 */
export const limitFromFile = (path: string, key?: string): LimitSource => {
  admitOne("the file of a limit", path, aPath)
  if (key !== undefined) admitOne("the key of a limit", key, text)
  const describe = key === undefined ? `file ${path}` : `file ${path}, key "${key}"`
  return {
    _tag: "LimitSource",
    describe,
    read: async () => {
      const text = await readText(path, describe)
      if (key === undefined) return text
      return pick(/\.ya?ml$/i.test(path) ? await parseYaml(text, describe) : parse(text, describe), key)
    },
    watch: (changed) => watchFile(path, changed)
  }
}

/** An environment variable, read once when first needed. */
export const limitFromEnv = (name: string): LimitSource => {
  admitOne("the variable of a limit", name, text)
  return {
    _tag: "LimitSource",
    describe: `environment variable ${name}`,
    read: () => Promise.resolve(process.env[name]),
    // Nobody else can change it.
    watch: () => () => {}
  }
}

/**
 * A URL that answers with a number, or with JSON that holds one under `key`; read again each second while somebody
 * waits. Answers 429 and 5xx are tried again, and none within `timeout` (milliseconds, default 10,000).
 */
export const limitFromUrl = (
  url: string,
  key?: string,
  options: { readonly timeout?: number } = {}
): LimitSource => {
  admitOne("the URL of a limit", url, text)
  if (key !== undefined) admitOne("the key of a limit", key, text)
  const { timeout = 10_000 } = admit<typeof options>("the options of limitFromUrl", options, { timeout: count() })
  const describe = key === undefined ? `URL ${url}` : `URL ${url}, key "${key}"`
  return {
    _tag: "LimitSource",
    describe,
    read: async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeout) })
      if (!response.ok) throw refused(response.status, describe)
      const text = await response.text()
      return key === undefined ? text : pick(parse(text, describe), key)
    }
  }
}

const refused = (status: number, source: string): LimitUnavailable => {
  const reason = status === 429 || status >= 500 ? "Unreachable" : status === 404 ? "NotFound" : "Refused"
  return new LimitUnavailable({ reason, message: `The limit cannot be read from ${source}: it answered ${status}` })
}

const readText = async (path: string, source: string): Promise<string> => {
  try {
    const text = await readFile(path, "utf8")
    if (text.trim() !== "") return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    throw new LimitUnavailable({ reason: "NotFound", message: `The limit is missing: there is no ${source}` })
  }
  throw new LimitUnavailable({
    reason: "Unreachable",
    message: `The limit cannot be read from ${source}: the file is empty`
  })
}

const parse = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(source, "JSON")
  }
}

/** The parser is loaded only when a YAML file is read. */
const parseYaml = async (text: string, source: string): Promise<unknown> => {
  const yaml = await import("yaml")
  try {
    return yaml.parse(text, { logLevel: "error" })
  } catch {
    throw malformed(source, "YAML")
  }
}

const malformed = (source: string, language: string): LimitUnavailable =>
  new LimitUnavailable({
    reason: "Malformed",
    message: `The limit cannot be read from ${source}: it is not ${language}`
  })

const pick = (value: unknown, key: string): unknown =>
  key.split(".").reduce<unknown>(
    (at, name) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    value
  )

/**
 * The directory is watched, because editors replace files; the handle
 * keeps no process alive. Throws when there is no such directory.
 */
const watchFile = (path: string, changed: () => void): () => void => {
  // Not every runtime tells it at once.
  statSync(dirname(path))
  const watcher: FSWatcher = watch(dirname(path), { persistent: false }, (_, name) => {
    if (name === null || name === basename(path)) changed()
  })
  // Without a listener an error of the watcher would end the process;
  // the limit is then read once more, and the read says what is wrong.
  watcher.on("error", changed)
  return () => watcher.close()
}
