/**
 * `status.nodes` of a run: nodes of manifests as they are recorded, and those of typed workflows in the same shape.
 * Pure.
 */
import type { ManifestNode, ManifestRun } from "../../argo/view.ts"
import { nodeId } from "../../argo/compile/naming.ts"
import type { NodeView, RunView } from "../../run/view.ts"
import { edgesOf, isHooked } from "./edges.ts"
import { timeOf } from "./identity.ts"

/** A node as Argo's API has it. */
export interface ArgoNode {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly type: string
  readonly phase: string
  readonly templateName?: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly children?: ReadonlyArray<string>
  readonly outputs?:
    & { readonly artifacts?: ReadonlyArray<Readonly<Record<string, unknown>>> }
    & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/** Nodes by their ids. */
export type ArgoNodes = Readonly<Record<string, ArgoNode>>

/** The nodes of a run of a manifest; where the run goes by another name than its manifest's, they do too. */
export const manifestNodes = (run: ManifestRun, name: string): ArgoNodes => {
  const rename = renamed(run.name, name)
  const idOf = new Map(run.nodes.map((it) => [it.id, nodeId(name, rename(it.name))]))
  const known = (id: string): string => idOf.get(id) ?? id
  const { children, outbound } = edgesOf(run.nodes)
  const attempts = new Set(run.nodes.filter(({ type }) => type === "Retry").flatMap((it) => it.children))
  return Object.fromEntries(run.nodes.map((node): [string, ArgoNode] => [known(node.id), {
    ...headOf(node, rename, known),
    templateScope: `local/${name}`,
    ...listed("children", (children.get(node.id) ?? []).map(known)),
    ...listed("outboundNodes", (outbound.get(node.id) ?? []).map(known)),
    ...flagOf(node.name, attempts.has(node.id)),
    hostNodeName: "localhost",
    resourcesDuration: {}
  }]))
}

/** The nodes of a run by the ids that they have in the API. */
export const manifestIds = (run: ManifestRun, name: string): ReadonlyMap<string, ManifestNode> => {
  const rename = renamed(run.name, name)
  return new Map(run.nodes.map((it) => [nodeId(name, rename(it.name)), it]))
}

const headOf = (node: ManifestNode, rename: (name: string) => string, known: (id: string) => string): ArgoNode => ({
  id: known(node.id),
  name: rename(node.name),
  displayName: node.displayName === "" ? rename(node.name) : rename(node.displayName),
  type: node.type,
  ...(node.templateRef === undefined ? { templateName: node.templateName } : { templateRef: node.templateRef }),
  phase: node.phase,
  ...(node.boundaryId === "" ? {} : { boundaryID: known(node.boundaryId) }),
  ...(node.message === "" ? {} : { message: node.message }),
  startedAt: node.startedAt === "" ? null : timeOf(Date.parse(node.startedAt)),
  finishedAt: node.finishedAt === "" ? null : timeOf(Date.parse(node.finishedAt)),
  progress: node.finishedAt === "" ? "0/1" : "1/1",
  ...(isEmpty(node.inputs) ? {} : { inputs: node.inputs }),
  ...(isEmpty(node.outputs) ? {} : { outputs: outputsOf(node.outputs) }),
  ...(node.daemon === true && node.finishedAt === "" ? { daemoned: true } : {}),
  ...(node.memoizationStatus === undefined ? {} : { memoizationStatus: node.memoizationStatus })
})

/** Clients take a key of S3 for where an artifact is; local ones have one, too. */
const outputsOf = ({ artifacts, ...outputs }: ManifestNode["outputs"]) => ({
  ...outputs,
  ...(artifacts === undefined ? {} : {
    artifacts: artifacts.map(({ key, name, path, s3 }) => ({
      name,
      ...(path === undefined ? {} : { path }),
      s3: { key, ...(s3 === undefined ? {} : { bucket: s3.bucket, endpoint: s3.endpoint }) }
    }))
  })
})

const renamed = (from: string, to: string) => (name: string): string =>
  from === to || !name.startsWith(from) || /^\w/.test(name.slice(from.length))
    ? name
    : `${to}${name.slice(from.length)}`

const flagOf = (name: string, retried: boolean): { readonly nodeFlag?: object } => {
  const hooked = isHooked(name)
  return hooked || retried ? { nodeFlag: { ...(hooked ? { hooked } : {}), ...(retried ? { retried } : {}) } } : {}
}

const listed = (field: string, ids: ReadonlyArray<string>) => ids.length === 0 ? {} : { [field]: ids }

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

/** The nodes of a run of a typed workflow: what has others beneath it is a DAG, anything else a pod. */
export const typedNodes = (run: RunView, nodes: ReadonlyArray<NodeView>): ArgoNodes => {
  const paths = new Set(nodes.map(({ path }) => path))
  const above = (path: string): string => {
    const at = path.lastIndexOf("/")
    const parent = at < 0 ? "" : path.slice(0, at)
    return parent === "" || paths.has(parent) ? parent : above(parent)
  }
  const below = Map.groupBy(nodes, ({ path }) => above(path))
  const nameOf = (path: string): string => path === "" ? run.id : `${run.id}.${path.replaceAll("/", ".")}`
  const idOf = (path: string): string => nodeId(run.id, nameOf(path))
  const made = nodes.map((node): ArgoNode => ({
    id: idOf(node.path),
    name: nameOf(node.path),
    displayName: node.path.slice(node.path.lastIndexOf("/") + 1),
    type: below.has(node.path) ? "DAG" : node.kind === "suspend" ? "Suspend" : "Pod",
    templateName: node.path.slice(node.path.lastIndexOf("/") + 1),
    templateScope: `local/${run.id}`,
    phase: node.phase,
    boundaryID: idOf(above(node.path)),
    ...(node.message === undefined ? {} : { message: node.message }),
    startedAt: timeOf(node.startedAt),
    finishedAt: timeOf(node.finishedAt),
    progress: node.finishedAt === undefined ? "0/1" : "1/1",
    ...listed("children", (below.get(node.path) ?? []).map(({ path }) => idOf(path))),
    hostNodeName: "localhost"
  }))
  const all = [rootOf(run, (below.get("") ?? []).map(({ path }) => idOf(path))), ...made]
  return Object.fromEntries(all.map((node) => [node.id, node]))
}

const rootOf = (run: RunView, children: ReadonlyArray<string>): ArgoNode => ({
  id: run.id,
  name: run.id,
  displayName: run.id,
  type: "DAG",
  templateName: run.workflow,
  templateScope: `local/${run.id}`,
  phase: run.phase,
  ...(run.message === undefined ? {} : { message: run.message }),
  startedAt: timeOf(run.startedAt),
  finishedAt: timeOf(run.finishedAt),
  ...listed("children", children)
})
