/** `pinnace run`. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { inputOf, inputOptions, meansOf, meansOptions } from "../definitionOptions.ts"
import { execute } from "../execute.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { didYouMean } from "../../manifest/decode/didYouMean.ts"
import { type ExecutorName, executorNames } from "../../process/chooseExecutor.ts"
import { followFormats } from "../live/follow.ts"
import { outputOf, outputOption } from "../outputOption.ts"
import { readManifests } from "../files.ts"
import { filesOf, isModule, labelOfSource, loadSource, nameOf, type Source } from "../source.ts"
import { numberOf } from "../selectRuns.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const run = async (call: Call): Promise<number> => {
  outputOf(call, followFormats)
  const { flags, shell } = call
  const own = shell.workflows.find((it) => call.args.length === 1 && nameOf(it) === call.args[0])
  const source = own === undefined ? sourceOf(call) : undefined
  const workflow = own ?? await loadSource(source!, shell)
  const isManifest = own === undefined && !isModule(source!.files[0]!)
  const labels = {
    ...labelsOf(flags.all("label")),
    ...(source === undefined || source.files.includes("-") ? {} : labelOfSource(source))
  }
  const id = flags.text("id")
  const priority = numberOf(flags, "priority")
  const options = { labels, ...(id === undefined ? {} : { id }), ...(priority === undefined ? {} : { priority }) }
  const input = inputOf(flags, isManifest) ?? (isManifest ? { parameters: {} } : undefined)
  if (isManifest && flags.on("report")) await reportOn(call, source!)
  const code = await execute(call, workflow, async (pinnace) => ({
    run: await pinnace.start(workflow as never, input as never, options as never)
  }))
  if (isManifest) await tellFolder(call)
  return code
}

/** What of the manifests is honoured, beside the output. */
const reportOn = async ({ shell }: Call, { files }: Source): Promise<void> => {
  const { formatReport, supportReport } = await import("../../manifest/mod.ts")
  shell.complain(formatReport(supportReport(readManifests(files))))
}

/** Where the artifacts of manifests are, for people. */
const tellFolder = async (call: Call): Promise<void> => {
  const format = outputOf(call, followFormats)
  if (format === "json" || format === "ndjson") return
  const folder = join(await filesOf(call.shell), "artifacts")
  if (existsSync(folder)) call.shell.print(`Artifacts are in ${folder}`)
}

/** What the command line names; resolved, so that later commands find it from anywhere. Throws Usage. */
const sourceOf = ({ args, flags, shell }: Call): Source => {
  refuseUnknownName(args, shell.workflows)
  const [entrypoint, workflow] = [flags.text("entrypoint"), flags.text("workflow")]
  const files = args.map((it) => it === "-" ? it : resolve(it))
  const resources = flags.all("resources").map((it) => resolve(it))
  const executor = executorOf(flags.text("executor"))
  return {
    files,
    ...(resources.length === 0 ? {} : { resources }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(executor === undefined ? {} : { executor }),
    ...meansOf(flags)
  }
}

/** An app's own command line is given names of its workflows; files work too. */
const refuseUnknownName = ([first = ""]: ReadonlyArray<string>, workflows: ReadonlyArray<SomeWorkflow>): void => {
  if (workflows.length === 0 || /[./\\]/.test(first)) return
  const names = workflows.map(nameOf)
  throw new Usage(`there is no workflow "${first}" here, but ${names.join(", ")}. ${didYouMean(first, names)}`.trim())
}

const executorOf = (name: string | undefined): ExecutorName | undefined => {
  if (name === undefined) return undefined
  const known = executorNames.find((it) => it === name)
  if (known === undefined) throw new Usage(`--executor ${name}: choose ${executorNames.join(", ")}`)
  return known
}

const labelsOf = (texts: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map((text) => {
    const at = text.indexOf("=")
    if (at <= 0) throw new Usage(`-l ${text}: write NAME=VALUE`)
    return [text.slice(0, at), text.slice(at + 1)]
  }))

/** The verb. */
export const verb: Verb = {
  usage: "FILE… [-p NAME=VALUE]… [options]",
  about:
    "Runs a workflow to its end: an Argo manifest (a directory stands for all manifests in it, - for standard input), or a TypeScript module that exports a workflow. " +
    "Ctrl-C stops it so that exit handlers run; a second terminates it; a third kills this process, and `resume` goes on with the run.",
  takes: [1, Infinity],
  options: {
    ...inputOptions,
    entrypoint: { type: "string", value: "TEMPLATE", about: "Another entry point of the manifest" },
    workflow: { type: "string", value: "NAME", about: "Which workflow, when the files hold several" },
    resources: { type: "string", multiple: true, value: "PATH", about: "Further manifests: templates, config maps" },
    executor: {
      type: "string",
      value: executorNames.join("|"),
      about:
        "Where commands of manifests run: podman and docker run their images; default in a sandbox where that works"
    },
    ...meansOptions,
    report: { type: "boolean", about: "First tell what of the manifest is honoured, ignored or refused" },
    id: { type: "string", value: "ID", about: "An id of your own; starting twice with the same is one run" },
    priority: { type: "string", value: "N", about: "Larger goes first where runs queue" },
    label: { type: "string", short: "l", multiple: true, value: "NAME=VALUE", about: "A label, to find it by" },
    output: outputOption(followFormats)
  },
  examples: [
    ["run hello.yaml -p message=hi", "an Argo manifest"],
    ["run workflows/ --workflow nightly", "one of many manifests"],
    ["run flow.ts --input '{\"n\": 3}'", "the workflow that a module exports"],
    ["run hello.yaml -o json --db :memory:", "one object at the end, and nothing left behind"]
  ],
  run
}
