import process from "node:process"
import type { S3Location } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { secretOf } from "./secrets.ts"

/** Whether there are credentials: in Secrets among the files, or in this process's environment. */
export const hasCredentials = (
  { accessKeySecret, secretKeySecret, useSDKCreds }: S3Location,
  stores: ReadonlyArray<StoreDocument>
): boolean => {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env
  if (useSDKCreds === true || AWS_ACCESS_KEY_ID !== undefined || AWS_PROFILE !== undefined) return true
  return [accessKeySecret, secretKeySecret].every((it) => secretOf(it, stores) !== undefined)
}
