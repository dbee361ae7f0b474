/** What a run needs of files that are only there to be referred to. */
import type { Bundle, Located } from "./decode/decode.ts"
import { Library } from "./Library.ts"
import type { Template, WorkflowDocument } from "./Manifest.ts"

const isRunnable = ({ document: { kind } }: Located<WorkflowDocument>): boolean =>
  kind === "Workflow" || kind === "CronWorkflow"

/** Workflows in such files are not what is to be run. */
export const withoutForeignWorkflows = (bundle: Bundle): Bundle => ({
  ...bundle,
  workflows: bundle.workflows.filter((it) => !it.isResource || !isRunnable(it)),
  get issues() {
    return bundle.issues
  }
})

/** The documents that are to be run and those they refer to, one by another, and the problems in their files. */
export const neededOf = (bundle: Bundle): Bundle => {
  const workflows = reachable(bundle, bundle.workflows.filter(({ isResource }) => !isResource))
  const files = new Set(workflows.map(({ findings }) => findings.places.file))
  return {
    ...bundle,
    workflows,
    get issues() {
      return bundle.issues.filter(({ file }) => files.has(file) || !bundle.resources.has(file))
    }
  }
}

/** Some documents and those they refer to, one by another. */
export const reachable = (
  bundle: Pick<Bundle, "workflows">,
  roots: ReadonlyArray<Located<WorkflowDocument>>
): ReadonlyArray<Located<WorkflowDocument>> => {
  const library = new Library(bundle)
  const found = new Set(roots)
  // A set gives what is added to it while it is gone through.
  for (const { document } of found) {
    for (const ref of refsOf(document)) {
      const other = library.document(ref.name ?? "", ref.clusterScope === true)
      if (other !== undefined) found.add(other)
    }
  }
  return [...found]
}

interface Ref {
  readonly name?: string
  readonly clusterScope?: boolean
}

const refsOf = ({ spec }: WorkflowDocument): ReadonlyArray<Ref> => [
  ...spec.workflowTemplateRef === undefined ? [] : [spec.workflowTemplateRef],
  ...Object.values(spec.hooks ?? {}).flatMap(({ templateRef }) => templateRef ?? []),
  ...(spec.templates ?? []).flatMap(refsOfTemplate)
]

const refsOfTemplate = (template: Template): ReadonlyArray<Ref> =>
  [...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])].flatMap((call) => [
    ...call.templateRef === undefined ? [] : [call.templateRef],
    ...Object.values(call.hooks ?? {}).flatMap(({ templateRef }) => templateRef ?? []),
    ...call.inline === undefined ? [] : refsOfTemplate(call.inline)
  ])
