/** Which workflow of a bundle is run, and with which spec. */
import type { Bundle, Located } from "../document/decode/decode.ts"
import { didYouMean } from "../document/decode/didYouMean.ts"
import { InvalidManifest } from "../document/Issue.ts"
import type { Library } from "../document/Library.ts"
import type { WorkflowDocument, WorkflowSpec } from "../document/Manifest.ts"
import { mergeSpecs } from "../document/merge.ts"

/** A workflow with its spec, merged with the template it refers to. */
export interface Submission {
  readonly owner: Located<WorkflowDocument>
  readonly source: Located<WorkflowDocument>
  readonly spec: WorkflowSpec
}

const order: ReadonlyArray<WorkflowDocument["kind"]> = [
  "Workflow",
  "CronWorkflow",
  "WorkflowTemplate",
  "ClusterWorkflowTemplate"
]

/** What a workflow is called by: its name, or what its generated names begin with, without the dash. */
export const calledBy = ({ document: { metadata } }: Located<WorkflowDocument>): string =>
  metadata.name ?? metadata.generateName?.replace(/-+$/, "") ?? ""

/**
 * The workflow to run: the named one, else the first workflow, else the first template; `undefined` when there is none.
 */
export const submissionOf = (bundle: Bundle, library: Library, name: string | undefined): Submission | undefined => {
  const owner = order.flatMap((kind) => bundle.workflows.filter(({ document }) => document.kind === kind))
    .find((it) => name === undefined || it.document.metadata.generateName === name || calledBy(it) === name)
  if (owner === undefined) return undefined
  const { spec } = owner.document
  const ref = spec.workflowTemplateRef
  const source = ref === undefined ? owner : library.document(ref.name ?? "", ref.clusterScope === true) ?? owner
  return { owner, source, spec: source === owner ? spec : mergeSpecs(source.document.spec, spec) }
}

/**
 * The same, where it must be clear which is meant: the order of
 * files in a directory says nothing. Throws InvalidManifest.
 */
export const onlySubmissionOf = (
  bundle: Bundle,
  library: Library,
  name: string | undefined,
  firstFile: string
): Submission => {
  const found = submissionOf(bundle, library, name)
  if (found === undefined) throw nothingToRun(bundle, name, firstFile)
  const rivals = bundle.workflows.filter(({ document, isResource }) => document.kind === "Workflow" && !isResource)
  if (name === undefined && rivals.length > 1) throw severalToRun(rivals)
  return found
}

const nothingToRun = ({ workflows }: Bundle, name: string | undefined, file: string): InvalidManifest => {
  const names = workflows.map(calledBy)
  if (name === undefined || names.length === 0) {
    return nowhere(file, "There is no workflow to run", "Give it a document of kind Workflow")
  }
  return nowhere(file, `There is no workflow "${name}"`, didYouMean(name, names) || `Known are ${names.join(", ")}`)
}

const severalToRun = (rivals: ReadonlyArray<Located<WorkflowDocument>>): InvalidManifest =>
  nowhere(
    rivals[1]!.findings.places.file,
    `There are ${rivals.length} workflows: ${rivals.map(calledBy).join(", ")}`,
    "Say which one: --workflow NAME, or `workflow` of `load`"
  )

const nowhere = (file: string, message: string, hint: string): InvalidManifest =>
  new InvalidManifest([{ severity: "error", code: "submission", file, line: 1, column: 1, text: "", message, hint }])

/** The spec with another entry point, if one is named. Throws InvalidManifest when there is no such template. */
export const enteredBy = ({ owner, spec }: Submission, entrypoint: string | undefined): WorkflowSpec => {
  if (entrypoint === undefined) return spec
  const names = (spec.templates ?? []).map(({ name = "" }) => name)
  if (names.includes(entrypoint)) return { ...spec, entrypoint }
  throw new InvalidManifest([{
    severity: "error",
    code: "entrypoint",
    file: owner.findings.places.file,
    line: 1,
    column: 1,
    text: entrypoint,
    message: `There is no template "${entrypoint}" to enter by`,
    hint: didYouMean(entrypoint, names) || `Its templates are ${names.join(", ")}`
  }])
}
