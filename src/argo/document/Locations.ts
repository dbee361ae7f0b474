/** Where artifacts and values are, as manifests write it. */

/** A key of a ConfigMap or Secret. */
export interface KeySelector {
  /** The name of the ConfigMap or Secret. */
  readonly name?: string
  /** The key within it. */
  readonly key?: string
  /** Whether it may be missing; default false. */
  readonly optional?: boolean
}

/** An object in S3, or with another key the bucket of an artifact repository. */
export interface S3Location {
  /** The key of the object within the bucket. */
  readonly key?: string
  /** The name of the bucket. */
  readonly bucket?: string
  /** Host and port, or a URL. */
  readonly endpoint?: string
  /** The region of the bucket. */
  readonly region?: string
  /** Whether the endpoint speaks HTTP without TLS. */
  readonly insecure?: boolean
  /** The Secret with the id of the access key. */
  readonly accessKeySecret?: KeySelector
  /** The Secret with the secret access key. */
  readonly secretKeySecret?: KeySelector
  /** The Secret with the session token of temporary credentials. */
  readonly sessionTokenSecret?: KeySelector
  /** Whether credentials are looked up as the SDK of AWS does, instead of in Secrets (a rule of Argo). */
  readonly useSDKCreds?: boolean
}

/** A bucket with the keys of what is saved there: a text with tags. */
export interface Repository {
  readonly s3: S3Location
  readonly keyFormat?: string
}

/** A file of an HTTP server. */
export interface HttpSource {
  readonly url?: string
  readonly headers?: ReadonlyArray<{ readonly name?: string; readonly value?: string }>
  readonly auth?: {
    readonly basicAuth?: { readonly usernameSecret?: KeySelector; readonly passwordSecret?: KeySelector }
  }
}

/** A working copy of a git repository. */
export interface GitSource {
  readonly repo?: string
  readonly revision?: string
  readonly branch?: string
  readonly singleBranch?: boolean
  readonly depth?: number
  /** Further refspecs. */
  readonly fetch?: ReadonlyArray<string>
  readonly disableSubmodules?: boolean
  readonly usernameSecret?: KeySelector
  readonly passwordSecret?: KeySelector
  readonly sshPrivateKeySecret?: KeySelector
  readonly insecureIgnoreHostKey?: boolean
  readonly insecureSkipTLS?: boolean
}
