/** Checks the meaning of decoded manifests before anything runs: every rule, all problems at once. */
import { admitCapabilities, decodeFiles } from "../document/admitted.ts"
import { isEngine } from "../../process/chooseExecutor.ts"
import type { Bundle, SourceFile } from "../document/decode/decode.ts"
import type { ManifestIssue } from "../document/Issue.ts"
import { Library } from "../document/Library.ts"
import type { Template } from "../document/Manifest.ts"
import type { Capabilities } from "../Capabilities.ts"
import { pluginsOf } from "../bodies/plugin/pluginsOf.ts"
import { checkImages } from "./images.ts"
import { checkReferences } from "./references.ts"
import type { Subject, TemplateSubject } from "./Subject.ts"
import { checkTemplate } from "./template.ts"
import { checkWorkflow } from "./workflow.ts"

/** Decodes and checks files, for a run that may use these means; the problems are in the order of the files. */
export const lint = (files: ReadonlyArray<SourceFile>, given: Capabilities = {}): ReadonlyArray<ManifestIssue> => {
  const capabilities = admitCapabilities(given)
  return lintBundle(decodeFiles(files, capabilities.strict), capabilities)
}

/** Checks a decoded bundle, which may use what the library holds, too; answers the problems of form and meaning. */
export const lintBundle = (
  bundle: Bundle,
  capabilities: Capabilities,
  library: Library = new Library(bundle)
): ReadonlyArray<ManifestIssue> => {
  const own = pluginsOf(bundle.plugins, bundle.stores).map(({ name }) => [name, ""])
  const all = { ...capabilities, plugins: { ...Object.fromEntries(own), ...capabilities.plugins } }
  for (const owner of bundle.workflows) checkDocument({ owner, library, capabilities: all })
  return bundle.issues.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1
  )
}

const checkDocument = (subject: Subject): void => {
  const { capabilities: { executor }, owner } = subject
  checkWorkflow(subject)
  if (executor !== undefined && isEngine(executor)) checkImages(owner, executor, subject.capabilities.templates)
  for (const template of owner.document.spec.templates ?? []) {
    const name = template.name ?? ""
    for (const each of withInlines(template, name)) checkTemplate({ ...subject, ...each })
    checkReferences({ ...subject, template, name })
  }
}

/** A template and those written inside its steps and tasks. */
const withInlines = (template: Template, name: string): ReadonlyArray<Pick<TemplateSubject, "name" | "template">> => {
  const calls = [...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])]
  const inner = calls.flatMap((call) =>
    call.inline === undefined ? [] : withInlines(call.inline, `${call.name} (inline)`)
  )
  return [{ template, name }, ...inner]
}
