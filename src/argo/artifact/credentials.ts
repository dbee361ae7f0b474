import { hasEnvironmentCredentials } from "../../store/s3/place.ts"
import type { S3Location } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { secretOf } from "./secrets.ts"

/** Whether there are credentials: in Secrets among the files, or in this process's environment. */
export const hasCredentials = (
  { accessKeySecret, secretKeySecret, useSDKCreds }: S3Location,
  stores: ReadonlyArray<StoreDocument>
): boolean => {
  if (useSDKCreds === true || hasEnvironmentCredentials()) return true
  return [accessKeySecret, secretKeySecret].every((it) => secretOf(it, stores) !== undefined)
}
