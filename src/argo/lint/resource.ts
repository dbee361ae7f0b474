/** Rules about resource templates. */
import { parseAllDocuments } from "yaml"
import { didYouMean } from "../document/decode/didYouMean.ts"
import { kubectlActions } from "../bodies/resource/kubectl/kubectlArguments.ts"
import type { Resource } from "../document/Manifest.ts"
import { actionsOf, kindIn, kindInFlags } from "../bodies/resource/objects/resourceKinds.ts"
import { report, type TemplateSubject } from "./Subject.ts"
import { own } from "../../workflow/own.ts"

/** Whether a manifest can be read; where a tag stands in it, that shows when it runs. */
const isYaml = (manifest: string): boolean =>
  manifest.includes("{{") ||
  [...parseAllDocuments(manifest, { logLevel: "error" })].every(({ errors }) => errors.length === 0)

/** Checks the action and, as far as the text shows it, the kind. */
export const checkResource = (subject: TemplateSubject, resource: Resource): void => {
  const { action = "", flags = [], manifest } = resource
  if (manifest === undefined) {
    if (flags.length > 0 && (subject.capabilities.kubectl === true || kindInFlags(flags) !== undefined)) return
    report(subject, resource, "", { code: "resource", message: `Resource template "${subject.name}" has no manifest` })
    return
  }
  if (!isYaml(manifest)) {
    const message = `The manifest of resource template "${subject.name}" is not valid YAML`
    report(subject, resource, "manifest", { code: "resource", message })
    return
  }
  const kind = kindIn(manifest) ?? kindInFlags(flags)
  if (kind === undefined) return
  const actions = own(actionsOf, kind) ?? (subject.capabilities.kubectl === true ? kubectlActions : undefined)
  if (actions === undefined) {
    report(subject, resource, "manifest", {
      code: "refused",
      message: `Resource template "${subject.name}" is about a ${kind}, which needs a cluster`,
      hint: `Known here: ${Object.keys(actionsOf).join(", ")}; --kubectl does the others`
    })
  } else if (!action.includes("{{") && !actions.includes(action)) {
    report(subject, resource, "action", {
      code: "resource",
      message: `A ${kind} does not support the action "${action}" here`,
      hint: didYouMean(action, actions) || `Known: ${actions.join(", ")}`
    })
  }
}
