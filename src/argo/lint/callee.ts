/** Rules about calling a template: it exists, and gets what it needs. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import type { Call, Hook, Parameters } from "../document/Manifest.ts"
import { report, type Subject } from "./Subject.ts"

/** Where a call is written and how messages name it. */
export interface CallSite {
  readonly container: object
  readonly key: string
  readonly what: string
  /** Whether the arguments are checked. */
  readonly arguments: boolean
}

/** Checks one call. */
export const checkCallee = (subject: Subject, call: Call | Hook, site: CallSite): void => {
  const found = subject.library.called(subject.owner, call)
  if (found === undefined) return unknown(subject, call, site)
  if (!site.arguments) return
  checkSupplied(subject, found.template.inputs, call.arguments, site)
}

const unknown = (subject: Subject, call: Call | Hook, site: CallSite): void => {
  if (call.templateRef !== undefined) {
    const { name = "", template = "" } = call.templateRef
    const message = `${site.what} calls template "${template}" of "${name}", which is not in the given files`
    return report(subject, call.templateRef, "", {
      code: "template-ref",
      message,
      hint: "Add the file that defines it"
    })
  }
  const name = call.template ?? ""
  const known = (subject.owner.document.spec.templates ?? []).flatMap((it) => it.name ?? [])
  const message = name === "" ? `${site.what} names no template` : `${site.what}: template "${name}" is not defined`
  if (name.includes("{{")) return
  report(subject, site.container, site.key, { code: "template", message, hint: didYouMean(name, known) })
}

const checkSupplied = (
  subject: Subject,
  inputs: Parameters | undefined,
  given: Parameters | undefined,
  site: CallSite
): void => {
  const args = given?.parameters ?? []
  for (const input of inputs?.parameters ?? []) {
    if (args.some(({ name }) => name === input.name)) continue
    if (input.value !== undefined || input.default !== undefined || input.valueFrom !== undefined) continue
    report(subject, site.container, site.key, {
      code: "argument",
      message: `${site.what}: inputs.parameters.${input.name} was not supplied`,
      hint: didYouMean(input.name ?? "", args.flatMap(({ name }) => name ?? [])) ||
        "Pass it as an argument, or give the input a default"
    })
  }
  const files = given?.artifacts ?? []
  for (const input of inputs?.artifacts ?? []) {
    if (files.some(({ name }) => name === input.name) || input.optional === true || hasSource(input)) continue
    const message = `${site.what}: inputs.artifacts.${input.name} was not supplied`
    report(subject, site.container, site.key, { code: "argument", message, hint: "Pass it as an argument" })
  }
}

const sources = [
  "from",
  "fromExpression",
  "raw",
  "s3",
  "gcs",
  "oss",
  "azure",
  "http",
  "git",
  "hdfs",
  "artifactory",
  "plugin"
]

const hasSource = (artifact: object): boolean => sources.some((source) => source in artifact)
