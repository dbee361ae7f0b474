/** Finds templates by name, in their own document and in others. */
import type { Bundle, Located } from "./decode/decode.ts"
import type { Call, Hook, Template, WorkflowDocument } from "./Manifest.ts"

/** A template and the document whose names it uses. */
export interface Found {
  readonly template: Template
  readonly owner: Located<WorkflowDocument>
}

/** The documents of a bundle by name. */
export class Library {
  readonly documents: ReadonlyArray<Located<WorkflowDocument>>

  constructor(bundle: Pick<Bundle, "workflows">) {
    this.documents = bundle.workflows
  }

  /** A template document by name. */
  document(name: string, clusterScope: boolean): Located<WorkflowDocument> | undefined {
    const kind = clusterScope ? "ClusterWorkflowTemplate" : "WorkflowTemplate"
    return this.documents.find(({ document }) => document.kind === kind && document.metadata.name === name)
  }

  /** The names of template documents of a kind. */
  names(clusterScope: boolean): ReadonlyArray<string> {
    const kind = clusterScope ? "ClusterWorkflowTemplate" : "WorkflowTemplate"
    return this.documents.filter(({ document }) => document.kind === kind).map(({ document }) =>
      document.metadata.name ?? ""
    )
  }

  /** A template of a document by name; those of the document it refers to as a whole count as its own. */
  template(owner: Located<WorkflowDocument>, name: string): Found | undefined {
    const template = owner.document.spec.templates?.find((it) => it.name === name)
    if (template !== undefined) return { template, owner }
    const ref = owner.document.spec.workflowTemplateRef
    const other = ref?.name === undefined ? undefined : this.document(ref.name, ref.clusterScope === true)
    return other === undefined || other === owner ? undefined : this.template(other, name)
  }

  /** What a step, task or hook calls. */
  called(owner: Located<WorkflowDocument>, call: Call | Hook): Found | undefined {
    if ("inline" in call && call.inline !== undefined) return { template: call.inline, owner }
    const ref = call.templateRef
    if (ref === undefined) return call.template === undefined ? undefined : this.template(owner, call.template)
    const other = this.document(ref.name ?? "", ref.clusterScope === true)
    return other === undefined || ref.template === undefined ? undefined : this.template(other, ref.template)
  }
}
