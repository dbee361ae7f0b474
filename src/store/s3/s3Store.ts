/** A store in a bucket of S3 or of a server that speaks like it. */
import * as Effect from "effect/Effect"
import { type Backend, makeStore } from "../../artifact/makeStore.ts"
import { keyProblem, prefixProblem } from "../../artifact/key.ts"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { Client } from "./Client.ts"
import { CredentialKeeper, defaultCredentials } from "./credentials.ts"
import { deleteObjects } from "./deleting.ts"
import { getObject } from "./getting.ts"
import { listObjects, sweepUploads } from "./listing.ts"
import { type S3Options, targetOf } from "./Options.ts"
import { putObject } from "./putting.ts"

/**
 * Makes a store in a bucket, which must exist. Large objects are sent in parts, a few at once; transient failures are
 * tried again inside of each operation, and a download that breaks off is continued. `ifAbsent` is exact where the
 * server heeds `If-None-Match`; elsewhere two puts at the same moment may both succeed. Throws a sentence for options
 * that can never work.
 */
export const s3Store = (options: S3Options): ArtifactStore => {
  const target = targetOf(options)
  const problem = prefixProblem(target.prefix)
  if (problem !== undefined) throw new Error(`s3Store: the prefix cannot be used: ${problem}`)
  return makeStore(backendOf(new Client(target, new CredentialKeeper(options.credentials ?? defaultCredentials()))))
}

const backendOf = (client: Client): Backend => {
  const { bucket, describe, endpoint, prefix, region } = client.target
  return {
    describe,
    location: (key) => ({ kind: "s3", key, bucket, prefix, region, endpoint: endpoint.origin }),
    put: (key, content, options) => {
      const long = keyProblem(prefix + key)
      if (long === undefined) return putObject(client, key, content, options)
      return Effect.fail(client.error({ operation: "put", about: key }, "InvalidKey", `with its prefix ${long}`))
    },
    get: (key, start, end) => getObject(client, key, start, end),
    stat: (key) =>
      Effect.map(client.call({ operation: "stat", about: key, method: "HEAD", path: prefix + key }), ({ header }) => ({
        key,
        size: Number(header("content-length") ?? 0),
        modifiedAt: Date.parse(header("last-modified") ?? "")
      })),
    list: (keys) => listObjects(client, keys),
    delete: (keys) => deleteObjects(client, keys),
    sweep: (before) => sweepUploads(client, before)
  }
}
