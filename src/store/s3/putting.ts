/** Uploads: small objects in one request, larger ones in parts, several at once. */
import { Buffer } from "node:buffer"
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { PutOptions } from "../../artifact/Store.ts"
import type { Call, Client } from "./Client.ts"
import { type Part, PartBuffers, partLimit, partsOf } from "./parts.ts"
import { elements, escape, text } from "./xml.ts"

/** Kept with the object, so that a put whose answer was lost knows its own work again. */
const markHeader = "x-amz-meta-pinnace-put"

const largest = 5 * 1024 ** 4

interface Upload {
  readonly client: Client
  readonly key: string
  readonly path: string
  readonly options: PutOptions
  readonly mark: string
}

/** Puts a stream under a key; an upload that fails or is interrupted is aborted. */
export const putObject = <E, R>(
  client: Client,
  key: string,
  content: Stream.Stream<Uint8Array, E, R>,
  options: PutOptions
): Effect.Effect<void, ArtifactError | E, R> => {
  const upload = { client, key, path: client.target.prefix + key, options, mark: randomUUID() }
  if ((options.size ?? 0) > largest) {
    return Effect.fail(fail(upload, "TooLarge", "S3 takes no object of more than 5 TiB"))
  }
  const { concurrency, partSize } = client.target
  return Effect.andThen(
    options.ifAbsent === true ? refuseExisting(upload) : Effect.void,
    Effect.acquireUseRelease(
      Effect.sync(() => new Parts(upload)),
      (parts) =>
        partsOf(content, partSize, options.size, parts.buffers).pipe(
          Stream.mapEffect((part) => part.number === 1 && part.last ? putWhole(upload, part) : parts.send(part), {
            concurrency,
            unordered: true
          }),
          Stream.runDrain,
          Effect.andThen(Effect.suspend(() => parts.complete()))
        ),
      (parts, exit) => Exit.isSuccess(exit) ? Effect.void : parts.abort()
    )
  )
}

const fail = ({ client, key }: Upload, reason: ArtifactError["reason"], cause: string): ArtifactError =>
  client.error({ operation: "put", about: key }, reason, cause)

const callOf = ({ key, path }: Upload, call: Omit<Call, "operation" | "about" | "path">): Call => ({
  operation: "put",
  about: key,
  path,
  ...call
})

/** Asked before the bytes are sent, and because not every server heeds the condition. */
const refuseExisting = (upload: Upload): Effect.Effect<void, ArtifactError> =>
  Effect.flatMap(
    markOf(upload),
    (mark) => mark === undefined ? Effect.void : Effect.fail(fail(upload, "Exists", taken))
  )

const taken = "there is an object with this key"

/** The mark of the object that is there now: empty when it has none, undefined when there is no object. */
const markOf = (upload: Upload): Effect.Effect<string | undefined, ArtifactError> =>
  upload.client.call(callOf(upload, { method: "HEAD" })).pipe(
    Effect.map(({ header }): string | undefined => header(markHeader) ?? ""),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(undefined))
  )

const condition = ({ options }: Upload): Readonly<Record<string, string>> =>
  options.ifAbsent === true ? { "if-none-match": "*" } : {}

const headersOf = ({ mark, options }: Upload): Readonly<Record<string, string>> => ({
  "content-type": options.mediaType ?? "application/octet-stream",
  [markHeader]: mark
})

/** The header that makes the server check the bytes and keep the checksum. */
const checksumHeader = ({ client }: Upload, hash: Uint8Array): Readonly<Record<string, string>> =>
  client.target.checksums ? { "x-amz-checksum-sha256": Buffer.from(hash).toString("base64") } : {}

const putWhole = (upload: Upload, { bytes: body, hash }: Part): Effect.Effect<void, ArtifactError> => {
  const headers = { ...headersOf(upload), ...checksumHeader(upload, hash) }
  return conditionally(upload, (condition) => {
    const call = callOf(upload, { method: "PUT", headers: { ...headers, ...condition }, body, hash })
    return Effect.asVoid(upload.client.call(call))
  })
}

/**
 * The request that makes the object, with the condition that there be none. A refusal may be the answer to a second try
 * of a request that had succeeded: then the object has our mark. A server that knows no conditions is asked without.
 */
const conditionally = (
  upload: Upload,
  request: (condition: Readonly<Record<string, string>>) => Effect.Effect<void, ArtifactError>
): Effect.Effect<void, ArtifactError> =>
  request(condition(upload)).pipe(
    Effect.catchIf(
      (error) => error.reason === "Unsupported" && upload.options.ifAbsent === true,
      () => request({})
    ),
    Effect.catchIf(
      (error) => error.reason === "Exists" || error.reason === "NotFound",
      (error) =>
        Effect.flatMap(markOf(upload), (mark) => {
          if (mark === upload.mark) return Effect.void
          return Effect.fail(error.reason === "Exists" ? fail(upload, "Exists", taken) : error)
        })
    )
  )

interface Sent {
  readonly number: number
  readonly tag: string
  readonly hash: Uint8Array
}

/**
 * Owns: one upload in parts, from the first part to its completion or abortion; nothing when there was only one part.
 */
class Parts {
  readonly buffers = new PartBuffers()
  readonly #upload: Upload
  readonly #sent: Array<Sent> = []
  readonly #id: Effect.Effect<string, ArtifactError>
  #begun: string | undefined

  constructor(upload: Upload) {
    this.#upload = upload
    // An upload whose name we never learned could not be aborted.
    this.#id = Effect.uninterruptible(Effect.runSync(Effect.cached(this.#create())))
  }

  send({ bytes: body, hash, number }: Part): Effect.Effect<void, ArtifactError> {
    const upload = this.#upload
    if (number > partLimit) {
      return Effect.fail(
        fail(upload, "TooLarge", `more than ${partLimit} parts. Give the option size, or a larger partSize`)
      )
    }
    return Effect.gen({ self: this }, function* () {
      const query = { partNumber: String(number), uploadId: yield* this.#id }
      const call = callOf(upload, { method: "PUT", query, headers: checksumHeader(upload, hash), body, hash })
      const tag = (yield* upload.client.call(call)).header("etag")
      if (tag === undefined) {
        return yield* Effect.fail(fail(upload, "Unsupported", "the server gave no ETag for a part"))
      }
      this.#sent.push({ number, tag, hash })
      // Only after a success: a request that was given up may still be reading.
      this.buffers.give(body)
    })
  }

  /** Makes the object of the parts. */
  complete(): Effect.Effect<void, ArtifactError> {
    const uploadId = this.#begun
    if (uploadId === undefined) return Effect.void
    const upload = this.#upload
    const body = new TextEncoder().encode(completion(this.#sent, upload.client.target.checksums))
    const headers = { "content-type": "application/xml" }
    return conditionally(upload, (condition) => {
      const call = callOf(upload, { method: "POST", query: { uploadId }, headers: { ...headers, ...condition }, body })
      return upload.client.retrying(Effect.flatMap(upload.client.once(call), ({ text: answer }) => {
        // The status is sent before the work is done, so the failure stands in the body.
        if (elements(answer, "Error").length === 0) return Effect.void
        const cause = `the server could not join the parts (${text(answer, "Code")}, ${text(answer, "Message")})`
        return Effect.fail(fail(upload, "Unreachable", cause))
      }))
    })
  }

  /** Gives the upload up. What cannot be aborted now is left to `sweep`. */
  abort(): Effect.Effect<void> {
    const uploadId = this.#begun
    if (uploadId === undefined) return Effect.void
    return Effect.ignore(this.#upload.client.call(callOf(this.#upload, { method: "DELETE", query: { uploadId } })))
  }

  #create(): Effect.Effect<string, ArtifactError> {
    const { client } = this.#upload
    const algorithm: Record<string, string> = client.target.checksums ? { "x-amz-checksum-algorithm": "SHA256" } : {}
    const headers = { ...headersOf(this.#upload), ...algorithm }
    return Effect.flatMap(
      client.call(callOf(this.#upload, { method: "POST", query: { uploads: "" }, headers })),
      (answer) => {
        this.#begun = text(answer.text, "UploadId")
        return this.#begun === undefined
          ? Effect.fail(fail(this.#upload, "Unsupported", "the server gave no id for an upload in parts"))
          : Effect.succeed(this.#begun)
      }
    )
  }
}

const completion = (sent: ReadonlyArray<Sent>, checksums: boolean): string => {
  const parts = [...sent].sort((a, b) => a.number - b.number).map(({ hash, number, tag }) => {
    const sum = checksums ? `<ChecksumSHA256>${Buffer.from(hash).toString("base64")}</ChecksumSHA256>` : ""
    return `<Part><PartNumber>${number}</PartNumber><ETag>${escape(tag)}</ETag>${sum}</Part>`
  })
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
    parts.join("")
  }</CompleteMultipartUpload>`
}
