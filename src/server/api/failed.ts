/**
 * What went wrong, as an answer: the engine's own errors with their tags and sentences, anything else as one sentence
 * that tells nothing.
 */
import { BadBody } from "../http/body.ts"
import { problem } from "../http/reply.ts"

const statuses: Readonly<Record<string, number>> = {
  InvalidValue: 400,
  InvalidInput: 400,
  InvalidWorkflow: 400,
  InvalidManifest: 400,
  BadSelector: 400,
  BadArchive: 400,
  NotAllowed: 403,
  RunNotFound: 404,
  NotFound: 404,
  Refused: 409,
  RunExists: 409,
  ManifestFailed: 409,
  RunFailed: 409,
  EngineMissing: 409,
  SecretMissing: 409,
  TooOften: 429,
  TooBusy: 503,
  ArtifactError: 502,
  EngineClosed: 503,
  JournalError: 503
}

/** Something that was named is not there. */
export class NotFound extends Error {
  readonly _tag: "NotFound" = "NotFound"
}

/** Something that whoever asks may not do. */
export class NotAllowed extends Error {
  readonly _tag: "NotAllowed" = "NotAllowed"
}

/** A request that makes no sense; the message says why. */
export class BadRequest extends Error {
  readonly _tag: "InvalidValue" = "InvalidValue"
}

/** The answer to a request that failed. */
export const failed = (error: unknown): Response => {
  const { fields, message, status, tag } = failure(error)
  return problem(status, tag, message, fields)
}

interface Failure {
  readonly status: number
  readonly tag: string
  readonly message: string
  readonly fields?: object
}

/** What is told of an error. */
export const failure = (error: unknown): Failure => {
  if (error instanceof BadBody) return { status: error.status, tag: "InvalidValue", message: error.message }
  const { message } = (error ?? {}) as { readonly message?: unknown }
  const tag = tagOf(error)
  const status = Object.hasOwn(statuses, tag) ? statuses[tag] : undefined
  return status === undefined
    ? { status: 500, tag: "Unexpected", message: "Something unexpected went wrong in the server" }
    : { status, tag, message: String(message), fields: fieldsOf(error as object) }
}

/** The tag of an error, or its name. */
const tagOf = (error: unknown): string => {
  const { _tag: tag, name } = (error ?? {}) as { readonly _tag?: unknown; readonly name?: unknown }
  return typeof tag === "string" ? tag : typeof name === "string" ? name : ""
}

/** What an error says besides its sentence, as far as it is data; never where it came from. */
const fieldsOf = (error: object): object =>
  Object.fromEntries(
    Object.entries(error).filter(([name, value]) =>
      !["_tag", "name", "message", "stack", "cause", "run"].includes(name) ||
      (name === "run" && typeof value === "string")
    )
  )
