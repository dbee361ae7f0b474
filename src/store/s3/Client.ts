/**
 * Requests to one bucket: signed, timed out, tried again.
 *
 * Owns: the credentials and signing keys of one store. Does not own: connections; those are the runtime's.
 * Invariant: every request may be sent twice, since an answer can be
 * lost after the work was done; callers see to it that this is harmless.
 */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { AwsV4Signer } from "aws4fetch"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type ArtifactError, artifactError, type ArtifactOperation } from "../../artifact/ArtifactError.ts"
import { addressOf, type Query } from "./address.ts"
import type { CredentialKeeper, Credentials } from "./credentials.ts"
import { exchange, headerOf, textOf } from "./exchange.ts"
import { type Failure, failureOf } from "./failure.ts"
import type { Target } from "./Options.ts"
import { backoff } from "./backoff.ts"

/** One request. */
export interface Call {
  readonly operation: ArtifactOperation
  /** The caller's key, for messages. */
  readonly about: string
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE"
  /** The key in the bucket; empty for the bucket itself. */
  readonly path: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  /** The SHA-256 of the body; without it that is computed, which is meant for small bodies. */
  readonly hash?: Uint8Array
}

/** The headers and the whole text of an answer. */
export interface Answer {
  readonly header: (name: string) => string | undefined
  readonly text: string
}

/** The client of one bucket. */
export class Client {
  readonly target: Target
  readonly #credentials: CredentialKeeper
  readonly #signingKeys = new Map<string, ArrayBuffer>()

  constructor(target: Target, credentials: CredentialKeeper) {
    this.target = target
    this.#credentials = credentials
  }

  /** Sends a request and reads the whole answer; transient failures of both are tried again. */
  call(call: Call): Effect.Effect<Answer, ArtifactError> {
    return this.retrying(this.once(call))
  }

  /** Sends a request once and reads the whole answer. */
  once(call: Call): Effect.Effect<Answer, ArtifactError> {
    return Effect.flatMap(this.open(call), (reply) =>
      Effect.map(
        this.#inTime(call, reply),
        (text) => ({ header: (name) => headerOf(reply, name), text })
      ))
  }

  /** Sends a request once; the body of the answer has not been read. */
  open(call: Call): Effect.Effect<IncomingMessage, ArtifactError> {
    return Effect.catchIf(
      this.#send(call),
      (error) => error.expired,
      // Asked for again, once: temporary credentials may end before they said they would.
      () => Effect.suspend(() => (this.#credentials.forget(), this.#send(call)))
    ).pipe(Effect.mapError((failure) => this.#error(call, failure)))
  }

  /** Tries again after transient failures, with growing pauses. */
  retrying<A, R>(effect: Effect.Effect<A, ArtifactError, R>): Effect.Effect<A, ArtifactError, R> {
    const { retries: times, retryDelay } = this.target
    return Effect.retry(effect, { times, while: (error) => error.isRetryable, schedule: backoff(retryDelay) })
  }

  /** An error of this store. */
  error(call: Pick<Call, "operation" | "about">, reason: Failure["reason"], cause: string): ArtifactError {
    return artifactError(reason, { operation: call.operation, key: call.about, store: this.target.describe }, cause)
  }

  #send(call: Call): Effect.Effect<IncomingMessage, Failure> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis
      const credentials = yield* Effect.tryPromise({ try: () => this.#credentials.get(now), catch: noCredentials })
      const request = yield* Effect.promise(() => this.#sign(call, credentials, now))
      const reply = yield* Effect.tryPromise({ try: (signal) => exchange(request, signal), catch: unreachable }).pipe(
        this.#timeout()
      )
      const status = reply.statusCode ?? 0
      if (status >= 200 && status < 300) return reply
      return yield* Effect.fail(failureOf(status, yield* this.#text(reply)))
    })
  }

  async #sign({ body, hash, headers, method, path, query }: Call, credentials: Credentials, now: number) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const signer = new AwsV4Signer({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region: this.target.region,
      cache: this.#signingKeys,
      datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ""),
      method,
      url: addressOf(this.target, path, query).href,
      headers: { "x-amz-content-sha256": hex(hash ?? createHash("sha256").update(body ?? "").digest()), ...headers }
    })
    const signed = await signer.sign()
    return { method, url: signed.url.href, headers: Object.fromEntries(signed.headers), body }
  }

  #inTime(call: Call, reply: IncomingMessage): Effect.Effect<string, ArtifactError> {
    return Effect.mapError(this.#text(reply), (failure) => this.#error(call, failure))
  }

  #text(reply: IncomingMessage): Effect.Effect<string, Failure> {
    return Effect.tryPromise({ try: () => textOf(reply), catch: unreachable }).pipe(
      this.#timeout(),
      Effect.onError(() => Effect.sync(() => reply.destroy()))
    )
  }

  #timeout(): <A>(effect: Effect.Effect<A, Failure>) => Effect.Effect<A, Failure> {
    const { timeout } = this.target
    const cause = `the server did not answer within ${timeout} ms`
    const late = Effect.fail<Failure>({ reason: "Unreachable", cause, expired: false })
    return Effect.timeoutOrElse({ duration: timeout, orElse: () => late })
  }

  #error(call: Call, { cause, reason }: Failure): ArtifactError {
    return this.error(call, reason, cause)
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const noCredentials = (cause: unknown): Failure => {
  const message = `there are no credentials: ${(cause as Error).message}`
  return { reason: "AccessDenied", cause: message, expired: false }
}

/** The connection broke, or never was. */
export const unreachable = (cause: unknown): Failure => {
  const { code, message } = cause as NodeJS.ErrnoException
  return { reason: "Unreachable", cause: `the server cannot be reached: ${code ?? message}`, expired: false }
}
