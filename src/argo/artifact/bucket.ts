/** Buckets of S3 as stores; the client is loaded when the first is opened. */
import { messageFrom } from "../document/messageFrom.ts"
import * as Effect from "effect/Effect"
import type { ArtifactStore } from "../../artifact/Store.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { S3Location } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { hasCredentials } from "./credentials.ts"
import { neededSecret, secretOf } from "./secrets.ts"

/** Opens a bucket with the Secrets that it names, else with the credentials of the environment. */
export const openBucket = (
  location: S3Location,
  stores: ReadonlyArray<StoreDocument>
): Effect.Effect<ArtifactStore, BadArgument> =>
  Effect.tryPromise({
    try: async () => {
      const { s3Store } = await import("../../store/s3/s3Store.ts")
      const { bucket = "", region } = location
      const own = credentialsOf(location, stores)
      return s3Store({
        bucket,
        ...(region === undefined ? {} : { region }),
        ...endpointOf(location),
        ...(own === undefined ? {} : { credentials: own })
      })
    },
    catch: (error) => new BadArgument(messageFrom(error))
  })

/** AWS is reached by its region. */
const endpointOf = ({ endpoint, insecure }: S3Location): { readonly endpoint?: string } => {
  if (endpoint === undefined || endpoint === "" || /(^|\.)amazonaws\.com$/.test(endpoint)) return {}
  return { endpoint: endpoint.includes("://") ? endpoint : `${insecure === true ? "http" : "https"}://${endpoint}` }
}

const credentialsOf = (location: S3Location, stores: ReadonlyArray<StoreDocument>) => {
  const { accessKeySecret, secretKeySecret, sessionTokenSecret, useSDKCreds } = location
  if (useSDKCreds === true || accessKeySecret === undefined || secretKeySecret === undefined) return undefined
  if (secretOf(accessKeySecret, stores) === undefined && hasCredentials(location, stores)) return undefined
  const sessionToken = neededSecret(sessionTokenSecret, stores)
  return {
    accessKeyId: neededSecret(accessKeySecret, stores) ?? "",
    secretAccessKey: neededSecret(secretKeySecret, stores) ?? "",
    ...(sessionToken === undefined ? {} : { sessionToken })
  }
}
