/** `pinnace argo`. */
import type { ExportOptions } from "../../export/mod.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import { priorityOf } from "../arguments/optionValues.ts"
import { storeText } from "../arguments/store.ts"
import { isModule, loadModule, partsOf } from "../arguments/source.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes, Usage } from "../Usage.ts"
import type { Call, Flags, Verb } from "../Verb.ts"

const argo = async ({ args: [word = "", target = ""], flags, shell }: Call): Promise<number> => {
  if (word !== "export") {
    throw new Usage(`argo ${word}: there is only argo export. ${didYouMean(word, ["export"])}`.trim())
  }
  if (target === "") throw new Usage("name the module that exports the workflow: argo export flow.ts#report")
  const { file, name } = partsOf(target)
  if (!isModule(file)) {
    throw new Usage(`${file} is not a module. Manifests go to Argo as they are: argo submit ${file}`)
  }
  const options = optionsOf(flags, file)
  return write(shell, await loadModule(file, flags.text("workflow") ?? name), options)
}

const optionsOf = (flags: Flags, file: string): ExportOptions => {
  const image = flags.text("image")
  if (image === undefined) throw new Usage("name the image that holds the module: --image registry/app@sha256:…")
  const [store, namespace, serviceAccountName, priority] = [
    storeText(flags.text("store")),
    flags.text("namespace"),
    flags.text("service-account"),
    priorityOf(flags)
  ]
  return {
    image,
    module: flags.text("module") ?? file,
    secrets: Object.fromEntries(flags.all("secret").map(secretOf)),
    ...store === undefined ? {} : { store },
    ...namespace === undefined ? {} : { namespace },
    ...serviceAccountName === undefined ? {} : { serviceAccountName },
    ...priority === undefined ? {} : { priority }
  }
}

const secretOf = (text: string): readonly [string, { readonly name: string; readonly key: string }] => {
  const [, variable, name, key] = /^([A-Za-z_]\w*)=([^/]+)\/(.+)$/.exec(text) ?? []
  if (variable === undefined) throw new Usage(`--secret ${text}: write VARIABLE=SECRET/KEY`)
  return [variable, { name: name!, key: key! }]
}

const write = async (shell: Shell, workflow: unknown, options: ExportOptions): Promise<number> => {
  const { exportArgo, NotExportable } = await import("../../export/mod.ts")
  try {
    shell.print(exportArgo(workflow as Parameters<typeof exportArgo>[0], options).trimEnd())
    return exitCodes.Succeeded
  } catch (error) {
    if (!(error instanceof NotExportable)) throw error
    shell.complain(error.message)
    return exitCodes.usage
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "export FILE[#WORKFLOW] --image IMAGE [options]",
  about:
    "Writes a typed workflow as a manifest for Argo Workflows, whose containers run the bodies with `exec-node` in an image of yours. What Argo cannot do is reported, all at once, and nothing is written then; the exit code is 64. docs/argo-export.md says what becomes of what.",
  takes: [1, 2],
  options: {
    image: { type: "string", value: "IMAGE", about: "The image that holds the module and the command pinnace" },
    module: { type: "string", value: "PATH", about: "The module inside the image; default FILE as it is written here" },
    workflow: { type: "string", value: "NAME", about: "Which workflow of the module; the same as FILE#NAME" },
    secret: {
      type: "string",
      multiple: true,
      value: "VARIABLE=SECRET/KEY",
      about: "A variable of all containers, from a Secret of the cluster"
    },
    store: {
      type: "string",
      value: "STORE",
      about: "Where artifacts are kept: s3://BUCKET/PREFIX, or the path of a folder that all containers mount"
    },
    namespace: { type: "string", value: "NAME", about: "The namespace of the manifest" },
    "service-account": { type: "string", value: "NAME", about: "The service account of its pods" },
    priority: { type: "string", value: "NUMBER", about: "Who goes first among workflows that wait for the same lock" }
  },
  examples: [
    ["argo export flow.ts#report --image registry/app:1 > report.yaml", "then: argo submit report.yaml"],
    ["argo export flow.ts --image registry/app:1 --secret API_KEY=keys/api", "a body reads secret API_KEY"]
  ],
  run: argo
}
