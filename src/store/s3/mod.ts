/**
 * A store of artifacts in S3 and compatible servers.
 *
 * @example
 * ```ts
 * import { s3Store } from "pinnace/s3"
 *
 * const store = s3Store({ bucket: "reports", prefix: "pinnace/" })
 * ```
 *
 * @module
 */
export { s3Store } from "./s3Store.ts"
export { standardCredentials } from "./credentials.ts"
export type { Credentials, CredentialSource } from "./credentials.ts"
export type { S3Options } from "./Options.ts"
export { ArtifactError } from "../../artifact/ArtifactError.ts"
export type { ArtifactStore } from "../../artifact/Store.ts"
