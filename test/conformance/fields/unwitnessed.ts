/** Supported fields of which no case can show that they are read, each with the reason. */
import { supportTable } from "../../../src/argo/document/decode/supportTable.ts"

/**
 * What is true of all fields that need something beside the manifest, by the beginning of what the table says of them.
 */
const tools: ReadonlyArray<readonly [only: string, why: string]> = [
  ["With --executor podman or docker", "Needs a container engine: `test/process/engine`"],
  ["With --kubectl", "Needs a cluster: `test/argo/kubectl`"],
  ["By the label pinnace/pool", "Needs a worker: `test/argo/run/pools.test.ts`"]
]

const withTools = Object.entries(supportTable).flatMap(([object, fields]) =>
  Object.entries(fields).flatMap(([field, { support }]) => {
    const only = support._tag === "Supported" ? support.only ?? "" : ""
    return tools.filter(([start]) => only.startsWith(start)).map(([, why]) => [`${object}.${field}`, why] as const)
  })
)

/** No metric changes how a run ends. */
const metrics = Object.entries(supportTable).flatMap(([object, fields]) =>
  Object.keys(fields)
    .filter((field) => object.startsWith("Metric") || field === "metrics")
    .map((field) => [`${object}.${field}`, "Changes no end: `test/argo/run/metrics.test.ts`"] as const)
)

const ssh = "Needs an SSH server: the command git gets it, `test/argo/artifact/git.test.ts`"

/** The reasons by `Object.field`. */
export const unwitnessed: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...withTools, ...metrics]),
  "GitSource.sshPrivateKeySecret": ssh,
  "GitSource.insecureIgnoreHostKey": ssh,
  "GitSource.insecureSkipTLS": "Needs a server whose certificate nobody trusts",
  "ExecutorPlugin.metadata": "Its name is told in messages: every plugin is asked",
  "S3.useSDKCreds": "Needs credentials in the environment",
  "Volume.emptyDir": "A volume without a source is one too"
}
