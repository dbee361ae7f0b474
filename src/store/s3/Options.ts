/** How a bucket is reached. */
import process from "node:process"
import type { CredentialSource } from "./credentials.ts"

/** A bucket and how to reach it. Only `bucket` is needed on AWS. */
export interface S3Options {
  /** The name of the bucket, which has to exist. */
  readonly bucket: string
  /** What every key begins with in the bucket, such as `"pinnace/"`; default nothing. Sweeps and lists stay inside. */
  readonly prefix?: string
  /** Default the environment's `AWS_REGION` or `AWS_DEFAULT_REGION`, else `us-east-1`. */
  readonly region?: string
  /**
   * The server, as in `"https://minio.example:9000"`; default the
   * environment's `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, else AWS.
   */
  readonly endpoint?: string
  /** Whether the bucket stands in the path and not in the host name; default true with an endpoint of one's own. */
  readonly pathStyle?: boolean
  /** Default the environment's access key, else `standardCredentials()`. */
  readonly credentials?: CredentialSource
  /**
   * Bytes of one part of a large upload, at least 5 MiB but for the
   * last; default 8 MiB. Grows when 10,000 parts are not enough.
   */
  readonly partSize?: number
  /**
   * Parts of one upload that are sent at once; default 3. An upload
   * holds about `(concurrency + 2) * partSize` bytes of memory.
   */
  readonly concurrency?: number
  /**
   * Milliseconds until a request without an answer, or an answer without
   * a further byte, is given up and tried again; default 60,000.
   */
  readonly timeout?: number
  /** How often one request is tried again after a transient failure, with growing pauses of up to 20 s; default 6. */
  readonly retries?: number
  /** Milliseconds of the first pause; it doubles with each. Default 100. */
  readonly retryDelay?: number
  /**
   * Whether the SHA-256 of each request is also sent as a checksum that the server keeps with the object; default true.
   */
  readonly checksums?: boolean
}

/** The options with their defaults filled in. */
export interface Target {
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  readonly endpoint: URL
  readonly pathStyle: boolean
  readonly partSize: number
  readonly concurrency: number
  readonly timeout: number
  readonly retries: number
  readonly retryDelay: number
  readonly checksums: boolean
  /** Names bucket and server in messages. */
  readonly describe: string
}

/** The smallest part that S3 takes before the last one. */
const leastPartSize = 5 * 1024 * 1024

/** Fills in defaults. Throws a sentence for what can never work: these are mistakes in the program. */
export const targetOf = (options: S3Options): Target => {
  const { bucket, prefix = "", partSize = 8 * 1024 * 1024, concurrency = 3 } = options
  const { AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION } = process.env
  const region = options.region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1"
  const own = options.endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/.test(bucket)) {
    throw new Error(`s3Store: ${JSON.stringify(bucket)} is not the name of a bucket`)
  }
  if (!(partSize >= leastPartSize)) throw new Error(`s3Store: partSize must be at least 5 MiB and is ${partSize}`)
  if (!(concurrency >= 1)) throw new Error(`s3Store: concurrency must be at least 1 and is ${concurrency}`)
  const endpoint = parseEndpoint(own ?? `https://s3.${region}.amazonaws.com`)
  return {
    bucket,
    prefix,
    region,
    endpoint,
    pathStyle: options.pathStyle ?? (own !== undefined || bucket.includes(".")),
    partSize,
    concurrency,
    timeout: options.timeout ?? 60_000,
    retries: options.retries ?? 6,
    retryDelay: options.retryDelay ?? 100,
    checksums: options.checksums ?? true,
    describe: `S3 bucket ${bucket}${prefix === "" ? "" : `, prefix ${prefix}`}, at ${endpoint.host}`
  }
}

const parseEndpoint = (text: string): URL => {
  if (!URL.canParse(text)) throw new Error("s3Store: the endpoint is not a URL; write https://host:port")
  const url = new URL(text)
  if (url.username !== "" || url.password !== "") {
    throw new Error("s3Store: the endpoint holds a user or password; give credentials by the option of that name")
  }
  return url
}
