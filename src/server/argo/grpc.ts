/**
 * Errors as grpc-gateway writes them: a code of gRPC and a sentence, with the status of HTTP that stands for the code.
 */
import { BadBody } from "../http/body.ts"
import { json } from "../http/reply.ts"

/** The codes that are used, by their names. */
const codes = {
  InvalidArgument: 3,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14
} as const

const statuses: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  12: 501,
  13: 500,
  14: 503,
  16: 401
}

/** What a client of Argo is told of an error. */
export class GrpcError extends Error {
  override readonly name: "GrpcError" = "GrpcError"
  readonly code: number

  constructor(code: keyof typeof codes, message: string) {
    super(message)
    this.code = codes[code]
  }
}

/** Not found, in the words that scripts look for. */
export const notFound = (kind: string, name: string): GrpcError =>
  new GrpcError("NotFound", `${kind}.argoproj.io "${name}" not found`)

/** The engine's errors, by their tags or names. */
const tags: Readonly<Record<string, keyof typeof codes>> = {
  InvalidValue: "InvalidArgument",
  InvalidInput: "InvalidArgument",
  InvalidWorkflow: "InvalidArgument",
  BadSelector: "InvalidArgument",
  RunNotFound: "NotFound",
  Refused: "FailedPrecondition",
  RunExists: "AlreadyExists",
  EngineClosed: "Unavailable",
  JournalError: "Unavailable",
  EngineMissing: "FailedPrecondition",
  SecretMissing: "FailedPrecondition",
  TooBusy: "Unavailable",
  TooOften: "ResourceExhausted"
}

/** The answer to a request that failed. */
export const failed = (error: unknown): Response => {
  const { code, message } = known(error)
  return json({ code, message, details: [] }, statuses[code] ?? 500)
}

const known = (error: unknown): { readonly code: number; readonly message: string } => {
  if (error instanceof GrpcError) return error
  if (error instanceof BadBody) return { code: codes.InvalidArgument, message: error.message }
  const { _tag: tag, issues, message, name } = (error ?? {}) as Readonly<Record<string, unknown>>
  if (name === "InvalidManifest") return { code: codes.InvalidArgument, message: firstIssue(issues) ?? String(message) }
  const word = [tag, name].find((it) => typeof it === "string" && Object.hasOwn(tags, it)) as string | undefined
  if (word === undefined) return { code: codes.Internal, message: "Something unexpected went wrong in the server" }
  return { code: codes[tags[word]!], message: String(message) }
}

const firstIssue = (issues: unknown): string | undefined => {
  const first = (issues as ReadonlyArray<Readonly<Record<string, string>>> | undefined)?.find((it) =>
    it["severity"] === "error"
  )
  return first === undefined ? undefined : `${first["message"]}${first["hint"] ? ` (${first["hint"]})` : ""}`
}
