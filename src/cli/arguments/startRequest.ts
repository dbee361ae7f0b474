/** Which run a command line asks for: a workflow of files or of the app, its input, its id and labels. */
import { resolve } from "node:path"
import process from "node:process"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { StartOptions } from "../../engine/life/start.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import { type ExecutorName, executorNames } from "../../process/chooseExecutor.ts"
import { capabilitiesOf, inputOf, inputOptions, meansOptions } from "./definitionOptions.ts"
import { policyIn, priorityOf } from "./optionValues.ts"
import { refuseUnknownParameters } from "./parameters.ts"
import { cacheOf, cacheOption } from "./cacheOption.ts"
import { nameOf } from "./nameOf.ts"
import { isModule, labelOfSource, loadSource, partsOf, type Source } from "./source.ts"
import { variablesOf } from "./variables.ts"
import { Usage } from "../Usage.ts"
import type { Call, Flags, Option, Options } from "../Verb.ts"

/** A run that has not begun. */
export interface StartRequest {
  readonly workflow: SomeWorkflow
  /** Where the workflow comes from, unless it is the app's own. */
  readonly source: Source | undefined
  readonly isManifest: boolean
  readonly input: unknown
  readonly options: StartOptions
}

/** Where commands run. */
export const executorOption: Option = {
  type: "string",
  value: executorNames.join("|"),
  about: "Where commands run; podman and docker run the images"
}

/** The options of verbs that start a run. */
export const startOptions: Options = {
  ...inputOptions,
  entrypoint: { type: "string", value: "TEMPLATE", about: "Another entry point of the manifest" },
  workflow: { type: "string", value: "NAME", about: "Which workflow, when the files hold several" },
  resources: { type: "string", multiple: true, value: "PATH", about: "More manifests: templates, ConfigMaps" },
  executor: executorOption,
  ...meansOptions,
  report: { type: "boolean", about: "First report what in the manifest is honoured, ignored or refused" },
  cache: cacheOption,
  id: { type: "string", value: "ID", about: "Your own id; starting twice with the same id is one run" },
  priority: { type: "string", value: "N", about: "Larger goes first where runs queue" },
  policy: {
    type: "string",
    value: "JSON",
    about: 'Start policies of this start: {"singleton":{"key":"acme","taken":"queue"}}'
  },
  label: { type: "string", short: "l", multiple: true, value: "NAME=VALUE", about: "A label, to find it by" }
}

/** Reads the command line and loads what it names. Throws Usage, NotThere or InvalidManifest. */
export const startRequest = async (call: Call): Promise<StartRequest> => {
  const { args, flags, shell } = call
  const own = shell.workflows.find((it) => args.length === 1 && nameOf(it) === args[0])
  const source = own === undefined ? sourceOf(call) : undefined
  const workflow = own ?? await loadSource(source!, shell)
  const isManifest = source !== undefined && !isModule(source.files[0]!)
  const input = inputOf(flags, isManifest, workflow) ??
    (isManifest ? { parameters: {} } : undefined)
  if (isManifest) await refuseUnknownParameters(workflow, input)
  return { workflow, source, isManifest, input, options: optionsOf(flags, source) }
}

/** Starts what was asked for. */
export const startRun = (pinnace: Pinnace, request: StartRequest, more: StartOptions = {}): Promise<RunHandle> =>
  pinnace.start(request.workflow as never, request.input as never, { ...request.options, ...more } as never)

const optionsOf = (flags: Flags, source: Source | undefined): StartOptions => {
  const id = flags.text("id")
  const priority = priorityOf(flags)
  const labels = {
    ...labelsOf(flags.all("label")),
    ...(source === undefined ? {} : labelOfSource({ ...source, files: source.files.filter((it) => it !== "-") }))
  }
  const cache = cacheOf(flags)
  const policy = flags.text("policy")
  // Whatever traces this command, such as a step of a pipeline, goes on in the run.
  const { TRACEPARENT: traceparent } = process.env
  return {
    labels,
    traceparent,
    ...cache,
    ...(policy === undefined ? {} : { policy: policyIn(policy) }),
    ...(id === undefined ? {} : { id }),
    ...(priority === undefined ? {} : { priority })
  }
}

const sourceOf = (call: Call): Source => {
  refuseUnknownName(call.args, call.shell.workflows)
  return readSource(call)
}

/** The files that a command line names; resolved, so that later commands find them from anywhere. Throws Usage. */
export const readSource = ({ args, flags }: Call): Source => {
  const parts = args.map(partsOf)
  const entrypoint = flags.text("entrypoint")
  const workflow = flags.text("workflow") ?? parts.find(({ name }) => name !== undefined)?.name
  const files = parts.map(({ file }) => file === "-" ? file : resolve(file))
  const resources = flags.all("resources").map((it) => resolve(it))
  const executor = executorOf(flags.text("executor"))
  return {
    files,
    ...(resources.length === 0 ? {} : { resources }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(executor === undefined ? {} : { executor }),
    ...capabilitiesOf(flags),
    ...variablesOf(flags)
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
