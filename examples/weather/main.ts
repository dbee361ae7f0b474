/**
 * `npm start`: the pipeline over the weather of Seattle. `npm start -- --crash`: the same, killed in the middle. `npm
 * start -- --s3 bucket`: the report is kept in S3 (`--endpoint http://…` for another server than Amazon's; credentials
 * as the AWS tools find them).
 */
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { crash } from "./crash.ts"
import { execute } from "./execute.ts"

const { values } = parseArgs({
  options: {
    crash: { type: "boolean", default: false },
    folder: { type: "string", default: "pinnace-demo" },
    pace: { type: "string", default: "1" },
    s3: { type: "string" },
    endpoint: { type: "string" }
  }
})

const storeOf = async (bucket: string) => {
  const { s3Store } = await import("../../src/store/s3/mod.ts")
  return s3Store({ bucket, ...(values.endpoint === undefined ? {} : { endpoint: values.endpoint }) })
}

const flagsOf = (bucket: string) => [
  "--s3",
  bucket,
  ...values.endpoint === undefined ? [] : ["--endpoint", values.endpoint]
]

const demo = {
  folder: resolve(values.folder),
  pace: Number(values.pace),
  ...(values.s3 === undefined ? {} : { store: await storeOf(values.s3), flags: flagsOf(values.s3) })
}

await (values.crash ? crash(demo) : execute(demo))
