/** The S3 server that the tests use: one for all of them. */
import process from "node:process"
import type { S3Options } from "../../../src/store/s3/Options.ts"

export const s3Server = (): Promise<
  Pick<S3Options, "endpoint" | "bucket" | "credentials" | "region"> & { endpoint: string } | undefined
> => {
  return Promise.resolve({
    endpoint: process.env["PINNACE_S3"] ?? "http://127.0.0.1:18790",
    bucket: "pinnace",
    region: "us-east-1",
    credentials: { accessKeyId: "probe", secretAccessKey: "probesecret" }
  })
}
