/** Turns whatever went wrong into a message and an exit code. */
import type { Json } from "../run/Event.ts"
import { quoted, type Shell } from "./Shell.ts"
import { exitCodes } from "./Usage.ts"

/** The tag of an error, however it was made. */
const tagOf = (error: unknown): string =>
  typeof error !== "object" || error === null
    ? ""
    : "_tag" in error
    ? String(error._tag)
    : "name" in error
    ? String(error.name)
    : ""

const invalid = new Set([
  "Usage",
  "NotThere",
  "BadArchive",
  "EngineMissing",
  "InvalidManifest",
  "InvalidInput",
  "InvalidValue",
  "InvalidWorkflow",
  "RunNotFound",
  "BadSelector"
])

/** Tells what went wrong; answers the exit code. */
export const refuse = (shell: Shell, error: unknown): number => {
  const tag = tagOf(error)
  const system = systemText(error)
  const message = system ??
    (error instanceof Error || tag !== "" ? String((error as Error).message) : String(error))
  shell.complain(`${shell.program}: ${tag === "InvalidManifest" ? issuesOf(error) : message}`)
  if (tag === "InvalidInput") tellOfInput(shell, error as { readonly example?: Json })
  if (error instanceof Error && error.name === "ServerError") tellOfServer(shell, error as { readonly status?: number })
  if (message.includes("SQLITE_READONLY")) {
    shell.complain(`You can still look at it: ${shell.program} list${shell.dbOption}`)
  }
  if (shell.debug) shell.complain(traceOf(error))
  else if (
    system === undefined && (tag === "" || tag.endsWith("Error") && tag !== "JournalError" && tag !== "ServerError")
  ) {
    shell.complain(`(unexpected ${tag === "" ? "error" : tag}; --debug shows where it came from)`)
  }
  if (tag === "Refused") return exitCodes.Failed
  return invalid.has(tag) || isUnusable(error) || isMisnamed(error) ? exitCodes.usage : exitCodes.Error
}

/** Where an error came from; of one that tells of another, where that came from. */
const traceOf = (error: unknown): string => {
  const { cause, stack } = (error ?? {}) as Partial<Error>
  return String((cause instanceof Error ? cause.stack : undefined) ?? stack ?? error)
}

/** How to give the input, as the workflow's schema wants it. */
const tellOfInput = (shell: Shell, { example }: { readonly example?: Json }): void => {
  if (typeof example !== "object" || example === null || Array.isArray(example)) {
    return shell.complain("Give it with --input JSON, or field by field with -p NAME=VALUE")
  }
  const given = Object.entries(example).map(([name, value]) =>
    `-p ${quoted(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`
  )
  shell.complain(`Give it as JSON: ${["--input", quoted(JSON.stringify(example))].join(" ")}`)
  if (given.length > 0) shell.complain(`Or field by field: ${given.join(" ")}`)
}

/** What to do when a server is not there or does not let the caller in. */
const tellOfServer = (shell: Shell, { status }: { readonly status?: number }): void => {
  if (status === 0) shell.complain(`Start a server there with: ${shell.program} ui`)
  if (status === 401) shell.complain("Put the token that the server printed into PINNACE_TOKEN")
}

interface IssueLike {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly severity: string
  readonly message: string
  readonly hint: string
}

const issuesOf = (error: unknown): string => {
  const { issues } = error as { readonly issues: ReadonlyArray<IssueLike> }
  return issues.map((it) =>
    `${it.file}:${it.line}:${it.column}: ${it.severity}: ${it.message}${it.hint === "" ? "" : ` (${it.hint})`}`
  ).join("\n")
}

/** A file that is not there, or that is not ours, was named by mistake. */
const isUnusable = (error: unknown): boolean =>
  tagOf(error) === "JournalError" && ["NotFound", "NotADatabase"].includes((error as { reason: string }).reason)

interface SystemError {
  readonly code?: unknown
  readonly syscall?: unknown
  readonly path?: unknown
  readonly dest?: unknown
}

const systemWords: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  ENOTDIR: "a part of this path is a file, not a directory",
  EISDIR: "that is a directory, not a file",
  EEXIST: "it already exists",
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EMFILE: "too many files are open"
}

/** What the system refused, in words; `undefined` for other errors. */
const systemText = (error: unknown): string | undefined => {
  const { code, dest, path, syscall } = (error ?? {}) as SystemError
  const words = typeof code === "string" && typeof syscall === "string" ? systemWords[code] : undefined
  return words === undefined ? undefined : `${String(dest ?? path ?? syscall)}: ${words} (${code})`
}

/** A path that was written wrong. */
const isMisnamed = (error: unknown): boolean =>
  systemText(error) !== undefined && ["ENOENT", "ENOTDIR", "EISDIR"].includes(String((error as SystemError).code))
