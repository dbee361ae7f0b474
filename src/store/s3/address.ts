/** The URL of a bucket or an object: pure. */
import type { Target } from "./Options.ts"

/** Parameters of a request; those without a value are written as `name=`. */
export type Query = Readonly<Record<string, string | undefined>>

/** The URL of an object by its full key, or of the bucket for the empty key. */
export const addressOf = (
  { bucket, endpoint, pathStyle }: Pick<Target, "bucket" | "endpoint" | "pathStyle">,
  key: string,
  query: Query = {}
): URL => {
  const host = pathStyle ? endpoint.host : `${bucket}.${endpoint.host}`
  const path = [...(pathStyle ? [bucket] : []), ...(key === "" ? [] : key.split("/"))].map(encode).join("/")
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : `${encode(name)}=${encode(value)}`
  )
  const base = endpoint.pathname.replace(/\/+$/, "")
  return new URL(
    `${endpoint.protocol}//${host}${base}/${path}${parameters.length === 0 ? "" : `?${parameters.join("&")}`}`
  )
}

/** As SigV4 wants it: everything but letters, digits and `-._~`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`)
