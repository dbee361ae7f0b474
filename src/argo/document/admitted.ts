/**
 * What is given to the functions of this library: files, and what
 * a manifest may use. Checked before anything of it is read.
 */
import { executorNames } from "../../process/chooseExecutor.ts"
import {
  admit,
  admitNamed,
  admitOne,
  callable,
  flag,
  listOf,
  oneOf,
  path,
  record,
  type Rule,
  type Rules,
  text,
  under
} from "../../workflow/admit.ts"
import { type Fault, shown } from "../../workflow/values.ts"
import { type Bundle, decode, type SourceFile } from "./decode/decode.ts"
import type { Resumption } from "../bodies/suspend.ts"
import type { Capabilities, LoadOptions } from "../Capabilities.ts"

const source = under<SourceFile>({ name: text, text, path: text, isResource: flag })

const sources = listOf((file) => source(file) ?? incomplete(file as SourceFile))

const incomplete = ({ name, text }: SourceFile): Fault | undefined =>
  name === undefined || text === undefined
    ? { what: "has no name or no text", hint: "Use { name, text } for each file" }
    : undefined

/** What the files of a manifest hold. Throws `InvalidValue` for anything else. */
export const decodeFiles = (files: ReadonlyArray<SourceFile>, strict?: boolean): Bundle => {
  admitOne("the files of a manifest", files, sources)
  return decode(files, strict)
}

const each = (what: Rule): Rule =>
  record((value) => {
    for (const [name, item] of Object.entries(value)) {
      const fault = item === undefined ? undefined : what(item)
      if (fault !== undefined) return { what: `has ${shown(name)}, which ${fault.what}`, hint: fault.hint }
    }
    return undefined
  }, "Use a record by name")

const variable: Rule = (value) =>
  text(value) ??
    ((value as string).includes("\0") ? { what: "has a NUL", hint: "No process can be given it" } : undefined)

const capabilityRules: Rules<Capabilities> = {
  executor: oneOf(executorNames),
  plugins: each(text),
  kubectl: flag,
  env: each(variable),
  inheritEnv: flag,
  strict: flag,
  pools: listOf(text),
  templates: each(callable)
}

/** What a manifest may use. Throws `InvalidValue`. */
export const admitCapabilities = (capabilities: Capabilities): Capabilities =>
  admit<Capabilities>("the capabilities of a manifest", capabilities, capabilityRules)

/** The options of `load`. Throws `InvalidValue`. */
export const admitLoad = (options: LoadOptions): LoadOptions =>
  admit<LoadOptions>("the options of load", options, {
    ...capabilityRules,
    workflow: text,
    entrypoint: text,
    directory: path,
    onWarning: callable
  })

/** What a retry is asked for. */
export interface ManifestRetry {
  /** `displayName=b,phase!=Error`: which nodes. Default every failure. */
  readonly selector?: string
  /** Also run selected nodes again that succeeded, and all that came after them. Default false. */
  readonly restartSuccessful?: boolean
  /** Other values for workflow parameters. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** Its options. Throws `InvalidValue`. */
export const admitRetry = (options: ManifestRetry): ManifestRetry =>
  admitNamed<ManifestRetry>("the options of a retry", options, {
    selector: text,
    restartSuccessful: flag,
    parameters: each(text)
  })

/** What a suspend node is given by hand. */
type Given = Omit<Resumption, "hold">

/** It, checked. Throws `InvalidValue`. */
export const admitResumption = (given: Given): Given =>
  admitNamed<Given>("what a node is set to", given, {
    parameters: each(text),
    phase: oneOf(["Succeeded", "Failed", "Error"]),
    message: text
  })

/** Throws `InvalidValue` for a selector that is not a string. */
export const admitSelector = (selector: string | undefined): void => {
  if (selector !== undefined) admitOne("the selector of nodes", selector, text)
}
