/** What an answer of S3 that is not a success means: pure. */
import type { ArtifactReason } from "../../artifact/ArtifactError.ts"
import { text } from "./xml.ts"

/** A failed request. `expired` says that new credentials may help. */
export interface Failure {
  readonly reason: ArtifactReason
  readonly cause: string
  readonly expired: boolean
}

const byCode: Readonly<Record<string, ArtifactReason>> = {
  NoSuchKey: "NotFound",
  NoSuchUpload: "NotFound",
  NoSuchBucket: "NoStore",
  InvalidBucketName: "NoStore",
  PermanentRedirect: "NoStore",
  TemporaryRedirect: "NoStore",
  AuthorizationHeaderMalformed: "NoStore",
  PreconditionFailed: "Exists",
  ConditionalRequestConflict: "Throttled",
  OperationAborted: "Throttled",
  SlowDown: "Throttled",
  Throttling: "Throttled",
  ThrottlingException: "Throttled",
  TooManyRequests: "Throttled",
  RequestLimitExceeded: "Throttled",
  ServiceUnavailable: "Throttled",
  InternalError: "Unreachable",
  RequestTimeout: "Unreachable",
  BadDigest: "Unreachable",
  XAmzContentSHA256Mismatch: "Unreachable",
  XAmzContentChecksumMismatch: "Unreachable",
  IncompleteBody: "Unreachable",
  EntityTooLarge: "TooLarge",
  KeyTooLongError: "InvalidKey",
  InvalidRange: "InvalidRange",
  QuotaExceeded: "NoSpace",
  NotImplemented: "Unsupported",
  MethodNotAllowed: "Unsupported"
}

const byStatus: Readonly<Record<number, ArtifactReason>> = {
  301: "NoStore",
  307: "NoStore",
  401: "AccessDenied",
  403: "AccessDenied",
  404: "NotFound",
  405: "Unsupported",
  408: "Unreachable",
  409: "Throttled",
  412: "Exists",
  413: "TooLarge",
  416: "InvalidRange",
  425: "Unreachable",
  429: "Throttled",
  500: "Unreachable",
  501: "Unsupported",
  502: "Unreachable",
  503: "Throttled",
  504: "Unreachable",
  507: "NoSpace"
}

const advice: Readonly<Record<string, string>> = {
  RequestTimeTooSkewed: "Set the clock of this machine",
  PermanentRedirect: "Set the option region or endpoint to that of the bucket",
  AuthorizationHeaderMalformed: "Set the option region to that of the bucket",
  NoSuchBucket: "Create the bucket or correct its name",
  SignatureDoesNotMatch: "Check the secret access key",
  InvalidAccessKeyId: "Check the access key"
}

const expiredCodes: ReadonlySet<string> = new Set(["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"])

/**
 * The meaning of a status and the body that came with it. Of the
 * body only code and message are kept: more could tell secrets.
 */
export const failureOf = (status: number, body: string): Failure => {
  const code = text(body, "Code")
  return { ...meaningOf(code, status, text(body, "Message")), expired: code !== undefined && expiredCodes.has(code) }
}

/** The meaning of an error code, for one request or one key of many. */
export const meaningOf = (
  code: string | undefined,
  status: number,
  message: string | undefined
): { readonly reason: ArtifactReason; readonly cause: string } => {
  const reason = (code === undefined ? undefined : byCode[code]) ?? byStatus[status] ??
    (status >= 500 ? "Unreachable" : "Io")
  const said = [code, message].filter((it) => it !== undefined).join(", ")
  const hint = advice[code ?? ""]
  const answer = `the server answered ${status}${said === "" ? "" : ` (${said})`}`
  return { reason, cause: hint === undefined ? answer : `${answer}. ${hint}` }
}
