/**
 * Objects of Argo's own kinds, and stores, as resource templates of a
 * run find them: in the manifests, in what the run changed, among runs.
 */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { JournalError } from "../../../journal/JournalError.ts"
import type { RunRow } from "../../../run/State.ts"
import type { WorkflowDocument } from "../../document/Manifest.ts"
import { isStoreKind, storeObject } from "./objects/storeObject.ts"
import type { JsonObject } from "./objects/target.ts"
import type { Frame } from "../../compile/Frame.ts"

const apiVersion = "argoproj.io/v1alpha1"

/** The object, or `undefined`. */
export const lookUp = (
  frame: Frame,
  live: LiveNode,
  kind: string,
  name: string
): Effect.Effect<JsonObject | undefined, JournalError> =>
  kind === "Workflow" && !frame.session.objects.has(`${kind}/${name}`) && name !== frame.session.parts.name
    ? otherRun(live, name)
    : Effect.sync(() => ownLookUp(frame, live, kind, name))

const ownLookUp = (frame: Frame, live: LiveNode, kind: string, name: string): JsonObject | undefined => {
  const { session } = frame
  const { library, stores } = session.parts
  if (isStoreKind(kind)) {
    const store = stores.find((it) => it.kind === kind && it.metadata.name === name)
    return store === undefined ? undefined : storeObject(store)
  }
  const known = session.objects.get(`${kind}/${name}`)
  if (known !== undefined) return known ?? undefined
  if (kind === "Workflow") return ownObject(frame, live)
  const document = library.documents.find((it) => it.document.kind === kind && it.document.metadata.name === name)
  return document === undefined ? undefined : documentObject(document.document)
}

const documentObject = ({ cron, kind, metadata, spec }: WorkflowDocument): JsonObject => ({
  apiVersion,
  kind,
  metadata: kind === "ClusterWorkflowTemplate" ? metadata : { namespace: "default", ...metadata },
  spec: cron === undefined ? spec : { ...cron, workflowSpec: spec }
})

/** The run itself, which goes on. */
const ownObject = ({ session: { parts, status } }: Frame, live: LiveNode): JsonObject => {
  const { row } = live.run.ledger
  const { metadata } = parts.owner.document
  return {
    ...runObject(row, parts.name),
    metadata: { ...metadata, ...metadataOf(row, parts.name), namespace: metadata.namespace ?? "default" },
    spec: parts.spec,
    status: { phase: status, startedAt: time(row.startedAt) }
  }
}

/** Another run of the state file, by its id. */
export const otherRun = ({ run }: LiveNode, name: string): Effect.Effect<JsonObject | undefined, JournalError> =>
  Effect.map(run.host.journal.reads.findRun(name), (row) => row === undefined ? undefined : runObject(row, name))

const runObject = (row: RunRow, name: string): JsonObject => ({
  apiVersion,
  kind: "Workflow",
  metadata: { namespace: "default", ...metadataOf(row, name) },
  spec: { suspend: row.suspended, priority: row.priority },
  status: {
    phase: row.phase,
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.startedAt === 0 ? {} : { startedAt: time(row.startedAt) }),
    ...(row.finishedAt === 0 ? {} : { finishedAt: time(row.finishedAt) })
  }
})

const metadataOf = ({ createdAt, id, labels }: RunRow, name: string) => ({
  name,
  uid: id,
  labels: Object.fromEntries(Object.entries(labels).filter(([label]) => !label.startsWith("pinnace/"))),
  creationTimestamp: time(createdAt)
})

const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z")
