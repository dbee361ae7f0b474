/**
 * Where artifacts are, as manifests write it and as it travels through
 * variables and the journal: names of secrets, never secrets. Pure.
 */
import type { Repository, S3Location } from "../document/Locations.ts"
import type { Artifact } from "../document/Manifest.ts"

/** The part of an artifact that says where it is; empty when it does not. */
export const locationOf = ({ git, http, raw, ...rest }: Artifact): Artifact => {
  if (raw !== undefined) return { raw }
  if (http !== undefined) return { http }
  if (git !== undefined) return { git }
  const key = keyOf(rest)
  return key === undefined ? {} : { s3: { ...rest.s3, key } }
}

/** Whether it says where it is. */
export const hasLocation = (artifact: Artifact): boolean => {
  const { git, http, raw } = artifact
  // A place whose name is empty is none, so that one made of an empty parameter may stay away.
  return raw !== undefined || [keyOf(artifact), http?.url, git?.repo].some((it) => it !== undefined && it !== "")
}

/** The key of an artifact in whatever store it names. */
export const keyOf = (artifact: Artifact): string | undefined =>
  artifact.s3?.key ?? artifact.gcs?.key ?? artifact.oss?.key ?? artifact.azure?.blob

/** A location as the text of a variable. */
export const locationText = (artifact: Artifact): string => {
  const { s3, ...location } = locationOf(artifact)
  if (s3 === undefined) return JSON.stringify(location)
  const { key, ...bucket } = s3
  return JSON.stringify({ key, ...(bucket.bucket === undefined ? {} : { s3: bucket }) })
}

/** The location that such a text tells, which may also be an output with its name; `undefined` when it tells none. */
export const readLocation = (text: string): Artifact | undefined => {
  if (!text.startsWith("{")) return undefined
  const { key, s3, ...others } = JSON.parse(text) as Artifact & { readonly key?: string }
  return key === undefined ? locationOf(others) : { s3: { ...s3, key } }
}

/** The bucket of an artifact: its own, else that of the repository; without one it is kept in the local directory. */
export const bucketOf = (own: S3Location | undefined, repository: Repository | undefined): S3Location | undefined => {
  const { key: _, ...bucket } = own?.bucket === undefined ? repository?.s3 ?? {} : own
  return bucket.bucket === undefined ? undefined : bucket
}
