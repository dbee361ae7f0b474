/** Files of YAML as the documents of one bundle, with every problem in them. */
import { Buffer } from "node:buffer"
import type { ManifestIssue } from "../Issue.ts"
import type {
  CronFields,
  Metadata,
  PluginDocument,
  StoreDocument,
  WorkflowDocument,
  WorkflowSpec
} from "../Manifest.ts"
import { Checker, type Use } from "./check.ts"
import { didYouMean } from "./didYouMean.ts"
import { object } from "./Field.ts"
import type { Findings } from "./Findings.ts"
import { type Plain, readYaml } from "./readYaml.ts"

/** A text to decode. */
export interface SourceFile {
  /** How it is called in messages. */
  readonly name: string
  /** YAML or JSON, with one document or several. */
  readonly text: string
  /** Where it can be read again; then limits in its ConfigMaps follow changes of the file. */
  readonly path?: string
  /** Only there to be referred to: what nothing refers to does not matter, not even its mistakes. Default false. */
  readonly isResource?: boolean
}

/** A workflow or template with where it came from. */
export interface Located<A> {
  readonly document: A
  readonly findings: Findings
  /** Whether its file is only there to be referred to. */
  readonly isResource: boolean
}

/** All documents of some files. */
export interface Bundle {
  readonly workflows: ReadonlyArray<Located<WorkflowDocument>>
  readonly stores: ReadonlyArray<StoreDocument>
  readonly plugins: ReadonlyArray<PluginDocument>
  /** Problems of form; problems of meaning are found by `lint`. */
  readonly issues: ReadonlyArray<ManifestIssue>
  readonly uses: ReadonlyArray<Use>
  /** The names of files that are only there to be referred to. */
  readonly resources: ReadonlySet<string>
}

interface Draft {
  readonly workflows: Array<Located<WorkflowDocument>>
  readonly stores: Array<StoreDocument>
  readonly plugins: Array<PluginDocument>
  readonly uses: Array<Use>
  /** Whether the file being decoded is only there to be referred to. */
  isResource: boolean
  /** Whether unknown fields are errors. */
  readonly strict: boolean
}

/** Decodes files; where that is not strict, fields that Argo does not know are only warned of, and left out. */
export const decode = (files: ReadonlyArray<SourceFile>, strict = true): Bundle => {
  const draft: Draft = { workflows: [], stores: [], plugins: [], uses: [], isResource: false, strict }
  const all = files.map(({ isResource = false, name, path, text }) => {
    const { documents, findings } = readYaml(name, text)
    draft.isResource = isResource
    const before = draft.stores.length
    for (const plain of documents) decodeDocument(plain, findings, draft)
    if (path !== undefined) draft.stores.push(...draft.stores.splice(before).map((store) => ({ ...store, path })))
    return findings
  })
  return {
    workflows: draft.workflows,
    stores: draft.stores,
    plugins: draft.plugins,
    uses: draft.uses,
    resources: new Set(files.filter(({ isResource }) => isResource).map(({ name }) => name)),
    get issues() {
      return all.flatMap(({ issues }) => issues)
    }
  }
}

const workflowKinds = ["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"] as const
const storeKinds = ["ConfigMap", "Secret", "PersistentVolumeClaim"] as const
const kinds: ReadonlyArray<string> = [...workflowKinds, ...storeKinds, "ExecutorPlugin", "List"]

const decodeDocument = (plain: Plain, findings: Findings, draft: Draft): void => {
  const record = plain as { readonly [key: string]: Plain }
  if (typeof plain !== "object" || plain === null || Array.isArray(plain)) {
    findings.addAt(0, { code: "document", message: "A document must be a map with a kind" })
    return
  }
  const kind = typeof record["kind"] === "string" ? record["kind"] : ""
  if (kind === "List" && Array.isArray(record["items"])) {
    for (const item of record["items"]) decodeDocument(item, findings, draft)
  } else if (storeKinds.some((it) => it === kind)) decodeStore(record, kind as StoreDocument["kind"], findings, draft)
  else if (workflowKinds.some((it) => it === kind)) {
    decodeWorkflow(record, kind as WorkflowDocument["kind"], findings, draft)
  } else if (kind === "ExecutorPlugin") {
    const { metadata = {}, spec = {} } = check<Partial<PluginDocument>>(record, kind, findings, draft)
    draft.plugins.push({ metadata, spec })
  } else unknownKind(record, kind, findings)
}

const unknownKind = (record: object, kind: string, findings: Findings): void => {
  const message = kind === "" ? "A document needs a kind" : `Documents of kind ${kind} cannot be run`
  findings.add(record, kind === "" ? "" : "kind", {
    code: "kind",
    message,
    hint: didYouMean(kind, kinds) || `Known kinds: ${kinds.join(", ")}`
  })
}

const check = <A>(plain: Plain, name: string, findings: Findings, draft: Draft): A => {
  const checker = new Checker(findings, draft.strict ? "error" : "warning")
  const value = checker.value(plain, object(name), {}, "", "")
  for (const use of checker.uses) draft.uses.push(use)
  return (value ?? {}) as A
}

interface RawWorkflow {
  readonly metadata?: Metadata
  readonly spec?: WorkflowSpec & CronFields & { readonly workflowSpec?: WorkflowSpec }
}

interface RawStore {
  readonly metadata?: Metadata
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

const decodeWorkflow = (
  record: { readonly [key: string]: Plain },
  kind: WorkflowDocument["kind"],
  findings: Findings,
  draft: Draft
): void => {
  const cron = kind === "CronWorkflow"
  const made = check<RawWorkflow>(record, cron ? "CronWorkflow" : "Workflow", findings, draft)
  if (made.spec === undefined) findings.add(made, "", { code: "spec", message: `The ${kind} has no spec` })
  const spec = (cron ? made.spec?.workflowSpec : made.spec) ?? {}
  draft.workflows.push({
    document: {
      kind,
      metadata: made.metadata ?? {},
      spec,
      ...(cron && made.spec !== undefined ? { cron: made.spec } : {})
    },
    findings,
    isResource: draft.isResource
  })
}

const decodeStore = (
  record: { readonly [key: string]: Plain },
  kind: StoreDocument["kind"],
  findings: Findings,
  draft: Draft
): void => {
  const made = check<RawStore>(record, "Store", findings, draft)
  const coded: Record<string, string> = { ...made.binaryData, ...(kind === "Secret" ? made.data : {}) }
  const data = Object.fromEntries(
    Object.entries(coded).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")])
  )
  const clear = kind === "Secret" ? made.stringData : made.data
  draft.stores.push({ kind, metadata: made.metadata ?? {}, data: { ...data, ...clear } })
}
