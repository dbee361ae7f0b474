/** Checks the meaning of decoded manifests before anything runs: every rule, all problems at once. */
import { type Bundle, decode, type Located, type SourceFile } from "../decode/decode.ts"
import type { ManifestIssue } from "../Issue.ts"
import { Library } from "../Library.ts"
import type { Template, WorkflowDocument } from "../Manifest.ts"
import { checkReferences } from "./references.ts"
import type { TemplateSubject } from "./Subject.ts"
import { checkTemplate } from "./template.ts"
import { checkWorkflow } from "./workflow.ts"

/** Decodes and checks files; the problems are in the order of the files. */
export const lint = (files: ReadonlyArray<SourceFile>): ReadonlyArray<ManifestIssue> => lintBundle(decode(files))

/** Checks a decoded bundle, which may use what the library holds, too; answers the problems of form and meaning. */
export const lintBundle = (
  bundle: Bundle,
  library: Library = new Library(bundle)
): ReadonlyArray<ManifestIssue> => {
  for (const owner of bundle.workflows) checkDocument(owner, library)
  return bundle.issues.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1
  )
}

const checkDocument = (owner: Located<WorkflowDocument>, library: Library): void => {
  const subject = { owner, library }
  checkWorkflow(subject)
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
