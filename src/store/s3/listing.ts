/** Lists of objects and of unfinished uploads, page by page. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { ObjectInfo, Swept } from "../../artifact/Store.ts"
import type { Client } from "./Client.ts"
import { elements, listedKey, text } from "./xml.ts"

const pageSize = "1000"

/** Every object whose key begins with the prefix. */
export const listObjects = (client: Client, prefix: string): Stream.Stream<ObjectInfo, ArtifactError> =>
  Stream.paginate(undefined as string | undefined, (token) => {
    const query = {
      "list-type": "2",
      "continuation-token": token,
      "encoding-type": "url",
      "max-keys": pageSize,
      prefix: client.target.prefix + prefix
    }
    return Effect.map(
      client.call({ operation: "list", about: prefix, method: "GET", path: "", query }),
      ({ text: page }) => {
        const next = text(page, "IsTruncated") === "true" ? text(page, "NextContinuationToken") : undefined
        return [objectsOf(page, client.target.prefix), next === undefined ? Option.none() : Option.some(next)] as const
      }
    )
  })

const objectsOf = (page: string, prefix: string): ReadonlyArray<ObjectInfo> =>
  elements(page, "Contents").map((it) => ({
    key: keyOf(page, it).slice(prefix.length),
    size: Number(text(it, "Size") ?? 0),
    modifiedAt: Date.parse(text(it, "LastModified") ?? "")
  }))

const keyOf = (page: string, element: string): string =>
  listedKey(text(element, "Key") ?? "", text(page, "EncodingType") === "url")

interface Unfinished {
  readonly path: string
  readonly uploadId: string
  readonly begunAt: number
}

interface Marker {
  readonly key: string | undefined
  readonly uploadId: string | undefined
}

const unfinishedUploads = (client: Client): Stream.Stream<Unfinished, ArtifactError> =>
  Stream.paginate({ key: undefined, uploadId: undefined } as Marker, (marker) => {
    const query = {
      uploads: "",
      "encoding-type": "url",
      "key-marker": marker.key,
      "upload-id-marker": marker.uploadId,
      "max-uploads": pageSize,
      prefix: client.target.prefix
    }
    return Effect.map(
      client.call({ operation: "sweep", about: "", method: "GET", path: "", query }),
      ({ text: page }) => {
        const uploads = elements(page, "Upload").map((it) => ({
          path: keyOf(page, it),
          uploadId: text(it, "UploadId") ?? "",
          begunAt: Date.parse(text(it, "Initiated") ?? "")
        }))
        const encoded = text(page, "EncodingType") === "url"
        const next = {
          key: listedKey(text(page, "NextKeyMarker") ?? "", encoded),
          uploadId: text(page, "NextUploadIdMarker")
        }
        return [uploads, text(page, "IsTruncated") === "true" ? Option.some(next) : Option.none()] as const
      }
    )
  })

/** Aborts uploads that were begun before this instant; one that has ended meanwhile is none. */
export const sweepUploads = (client: Client, before: number): Effect.Effect<Swept, ArtifactError> =>
  unfinishedUploads(client).pipe(
    Stream.filter(({ begunAt }) => begunAt < before),
    Stream.mapEffect(({ path, uploadId }) => {
      const call = client.call({ operation: "sweep", about: "", method: "DELETE", path, query: { uploadId } })
      return call.pipe(
        Effect.as(1),
        Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(0))
      )
    }, { concurrency: 4 }),
    Stream.runFold(() => 0, (sum, one) => sum + one),
    Effect.map((removed) => ({ removed }))
  )
