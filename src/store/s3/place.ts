/**
 * The place of a bucket: a text that says how it is reached, so that every process
 * that reads it in a row can reach it with credentials of its own. It holds none.
 */
import process from "node:process"
import type { Location } from "../../artifact/Store.ts"
import type { S3Options } from "./Options.ts"

const scheme = "s3:"

/** The place of the bucket that an object is in. */
export const placeOfBucket = ({ bucket, endpoint = "", prefix = "", region = "" }: Location): string => {
  const query = new URLSearchParams({ region, ...(endpoint === serverOf(region) ? {} : { endpoint }) })
  return `${scheme}//${bucket}/${encodeURI(prefix)}?${query}`
}

/** How the bucket at a place is reached; `undefined` when it is the place of something else. */
export const bucketAt = (place: string): Pick<S3Options, "bucket" | "prefix" | "region" | "endpoint"> | undefined => {
  if (!place.startsWith(`${scheme}//`) || !URL.canParse(place)) return undefined
  const { hostname, pathname, searchParams } = new URL(place)
  const region = searchParams.get("region") ?? ""
  return {
    bucket: hostname,
    prefix: decodeURI(pathname.slice(1)),
    region,
    endpoint: searchParams.get("endpoint") ?? serverOf(region)
  }
}

const serverOf = (region: string): string => `https://s3.${region}.amazonaws.com`

/** Whether the environment of this process names credentials. */
export const hasEnvironmentCredentials = (): boolean => {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env
  return AWS_ACCESS_KEY_ID !== undefined || AWS_PROFILE !== undefined
}
