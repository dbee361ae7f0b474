/** Options of verbs that execute: where the definition is, and what goes in. */
import { parse } from "yaml"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import type { Fields } from "../../workflow/form.ts"
import { inputFieldsOf, type SomeWorkflow } from "../../embed/inspect.ts"
import type { Capabilities } from "../../argo/Capabilities.ts"
import { readParameters, readText } from "./files.ts"
import { Usage } from "../Usage.ts"
import type { Flags, Options } from "../Verb.ts"

/** Where the definition of an existing run is found. */
export const fileOption: Options = {
  file: {
    type: "string",
    multiple: true,
    value: "FILE",
    about: "The module or manifests that define its workflow; default those it was started with"
  }
}

/** Which variables commands of manifests are given. */
const environmentOptions: Options = {
  env: {
    type: "string",
    multiple: true,
    value: "NAME[=VALUE]",
    about: "A variable for templates; without a value, that of this shell"
  },
  "env-file": {
    type: "string",
    multiple: true,
    value: "FILE",
    about: "Variables for templates, one NAME=VALUE per line"
  },
  "inherit-env": { type: "boolean", about: "Give templates all variables of this shell, and your home" }
}

/** What manifests may use besides this host's processes. */
export const meansOptions: Options = {
  plugin: {
    type: "string",
    multiple: true,
    value: "NAME=URL",
    about: "Where an executor plugin listens (token: $PINNACE_PLUGIN_TOKEN)"
  },
  kubectl: {
    type: "boolean",
    about: "Let kubectl do resource templates of other kinds, in its cluster"
  },
  strict: {
    type: "string",
    value: "true|false",
    about: "Whether fields that Argo does not know are errors (default) or only warnings"
  },
  ...environmentOptions
}

const isStrict = (flags: Flags): boolean => {
  const text = flags.text("strict") ?? "true"
  if (text !== "true" && text !== "false") throw new Usage(`--strict ${text}: write --strict=true or --strict=false`)
  return text === "true"
}

/** What was said about it, variables left out. Throws Usage. */
export const capabilitiesOf = (flags: Flags): Omit<Capabilities, "env" | "templates"> => {
  const plugins = flags.all("plugin").map((text) => {
    const at = text.indexOf("=")
    if (at <= 0 || !URL.canParse(text.slice(at + 1))) {
      throw new Usage(`--plugin ${text}: write NAME=URL, as in hello=http://localhost:4355`)
    }
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return {
    ...(plugins.length === 0 ? {} : { plugins: Object.fromEntries(plugins) }),
    ...(flags.on("kubectl") ? { kubectl: true } : {}),
    ...(isStrict(flags) ? {} : { strict: false }),
    ...(flags.on("inherit-env") ? { inheritEnv: true } : {})
  }
}

/** What goes into a run. */
export const inputOptions: Options = {
  parameter: {
    type: "string",
    short: "p",
    multiple: true,
    value: "NAME=VALUE",
    about: "A parameter of a manifest, or a field of the input"
  },
  "parameter-file": { type: "string", value: "FILE", about: "Parameters from a file of YAML or JSON" },
  input: { type: "string", short: "i", value: "JSON|@FILE", about: "The input of a TypeScript workflow" }
}

/** The input that was given; `undefined` when none was. Throws Usage. */
export const inputOf = (flags: Flags, isManifest: boolean, workflow?: SomeWorkflow): unknown => {
  const input = flags.text("input")
  const pairs = flags.all("parameter")
  const file = flags.text("parameter-file")
  if (isManifest) {
    if (input !== undefined) {
      throw new Usage("--input is for TypeScript workflows: give manifests parameters with -p NAME=VALUE")
    }
    return pairs.length === 0 && file === undefined ? undefined : { parameters: readParameters(pairs, file) }
  }
  if (input !== undefined && pairs.length > 0) {
    throw new Usage("give the input with --input, or its fields with -p, not both")
  }
  if (input !== undefined) return jsonOf(input)
  if (pairs.length === 0 && file === undefined) return undefined
  return fieldsIn(readParameters(pairs, file), workflow && inputFieldsOf(workflow))
}

/** Fields are YAML: 3 is a number, true a truth value, all else a text, and so is all where only a text fits. */
const fieldsIn = (given: Readonly<Record<string, string>>, fields: Fields | undefined): unknown => {
  const wrong = fields === undefined ? undefined : Object.keys(given).find((name) => !fields.names.includes(name))
  if (fields !== undefined && wrong !== undefined) {
    const known = fields.names.length === 0 ? "it has none" : `it has ${fields.names.join(", ")}`
    throw new Usage(
      `-p ${wrong}: the input of the workflow has no such field, ${known}. ${didYouMean(wrong, fields.names)}`.trim()
    )
  }
  return Object.fromEntries(
    Object.entries(given).map((
      [name, text]
    ) => [name, text === "" || isText(text, fields?.texts.has(name)) ? text : parse(text)])
  )
}

/** A text in quotes is YAML also where only a text fits: so it was to be written before. */
const isText = (text: string, onlyTextFits = false): boolean => onlyTextFits && !/^(["']).*\1$/s.test(text)

const jsonOf = (text: string): unknown => {
  const json = text.startsWith("@") ? readText(text.slice(1)) : text
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Usage(`--input: ${(error as Error).message}`)
  }
}
