/** A run as the Workflow object that Argo's clients know. */
import * as Effect from "effect/Effect"
import { type ManifestRun, viewRun } from "../../argo/view.ts"
import type { Json } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import { type RunView, runView } from "../../run/view.ts"
import { openManifest, type OpenRun } from "../../view/readRun.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { eventsAfter, findRun, lastSeq } from "../reads.ts"
import type { Site } from "../Site.ts"
import { NAMESPACE, shownLabels, timeOf, uidOfRun } from "./identity.ts"
import { type ArgoNodes, manifestNodes, typedNodes } from "./nodes.ts"
import { asObject, type Submitted, submittedOf } from "./specs.ts"

/** A Workflow object; what is left out was not asked for. */
export interface WorkflowObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly [field: string]: unknown }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status: { readonly nodes?: ArgoNodes; readonly [field: string]: unknown }
}

/** What of an object is wanted: nodes cost the most, and lists rarely want them. */
export interface Wanted {
  readonly nodes: boolean
  readonly progress: boolean
}

/** All of it. */
export const everything: Wanted = { nodes: true, progress: true }

/** The object of a run; undefined when it is not there any more. */
export const workflowObject = async (
  site: Site,
  id: string,
  wanted: Wanted = everything,
  read: ReadManifest = readManifest
): Promise<WorkflowObject | undefined> => {
  const { engine } = site.pinnace
  const row = await findRun(engine, id)
  if (row === undefined) return undefined
  const run = runView(row)
  const submitted = run.kind === "manifest" ? await submittedFor(site, run) : undefined
  const nodes = wanted.nodes || wanted.progress && !progresses.has(progressKey(run))
    ? await nodesOf(site, run, read)
    : undefined
  const input = await inputOf(site, row.key)
  return {
    metadata: metadataOf(run, submitted, await lastSeq(engine, row.key)),
    spec: specOf(run, submitted, input),
    status: statusOf(run, submitted, nodes, wanted)
  }
}

/** How far ended runs came: that does not change, and lists ask for it again and again. */
const progresses = new Map<string, string>()
const mostProgresses = 10_000
const progressKey = (run: RunView): string => `${uidOfRun(run)} ${run.finishedAt}`

const progressFor = (run: RunView, nodes: ArgoNodes | undefined): string | undefined => {
  const known = progresses.get(progressKey(run))
  if (nodes === undefined) return known
  const progress = progressOf(nodes)
  if (run.finishedAt !== undefined) progresses.set(progressKey(run), progress)
  if (progresses.size > mostProgresses) progresses.delete(progresses.keys().next().value!)
  return progress
}

const submittedFor = async (site: Site, run: RunView): Promise<Submitted | undefined> => {
  const kept = await (await site.pinnace.get(run.id))?.definition()
  return kept === undefined ? undefined : submittedOf(kept.digest, kept.text)
}

/** Reads a run of a manifest as Argo shows it. */
export type ReadManifest = (site: Site, id: string) => Promise<ManifestRun | undefined>

const readManifest: ReadManifest = (site, id) => Effect.runPromise(viewRun(site.pinnace.engine, id))

/** The same for who reads one run again and again: of what it read it keeps what did not change. */
export const manifestReader = (): ReadManifest => {
  let opened: OpenRun<ManifestRun> | undefined
  const look = async () => opened === undefined ? undefined : await Effect.runPromise(opened.look)
  return async ({ pinnace: { engine } }, id) => {
    const known = await look()
    if (known !== undefined) return known
    // Another run may have the id of one that was deleted.
    opened = await Effect.runPromise(openManifest(sourceOf(engine), id))
    return look()
  }
}

/** The nodes of a run. */
export const nodesOf = async (site: Site, run: RunView, read: ReadManifest = readManifest): Promise<ArgoNodes> => {
  const view = run.kind === "manifest" ? await read(site, run.id) : undefined
  if (view !== undefined) return manifestNodes(view, run.id)
  return typedNodes(run, await (await site.pinnace.get(run.id))?.nodes() ?? [])
}

const metadataOf = (run: RunView, submitted: Submitted | undefined, seq: number): WorkflowObject["metadata"] => {
  const { annotations, generateName } = submitted?.metadata ?? {}
  const { finishedAt, origin, phase } = run
  return {
    name: run.id,
    ...(typeof generateName === "string" && run.id.startsWith(generateName) ? { generateName } : {}),
    namespace: NAMESPACE,
    uid: uidOfRun(run),
    resourceVersion: String(seq),
    generation: 1,
    creationTimestamp: timeOf(run.createdAt),
    labels: {
      ...shownLabels(run.labels),
      "workflows.argoproj.io/phase": phase,
      ...(finishedAt === undefined ? {} : { "workflows.argoproj.io/completed": "true" }),
      ...(origin === undefined ? {} : { "workflows.argoproj.io/resubmitted-from-workflow": origin })
    },
    annotations: { ...asObject(annotations), "workflows.argoproj.io/pod-name-format": "v2" }
  }
}

const specOf = (run: RunView, submitted: Submitted | undefined, input: Json | undefined): WorkflowObject["spec"] => {
  const state = {
    ...(run.suspended ? { suspend: true } : {}),
    ...(run.stopping === undefined ? {} : { shutdown: run.stopping === "stop" ? "Stop" : "Terminate" }),
    ...(run.priority === 0 ? {} : { priority: run.priority })
  }
  if (submitted === undefined) return { ...typedSpec(run, input), ...state }
  const { suspend: _, ...spec } = submitted.spec
  return { ...spec, arguments: argumentsOf(spec["arguments"], asObject(asObject(input)["parameters"])), ...state }
}

const argumentsOf = (declared: unknown, given: Readonly<Record<string, unknown>>): object => {
  const { parameters = [], ...rest } = asObject(declared) as { parameters?: ReadonlyArray<Record<string, unknown>> }
  const names = new Set(parameters.map(({ name }) => name))
  const all = [
    ...parameters.map((it) =>
      typeof it["name"] === "string" && it["name"] in given ? { ...it, value: given[it["name"]] } : it
    ),
    ...Object.entries(given).filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value }))
  ]
  return { ...rest, ...(all.length === 0 ? {} : { parameters: all }) }
}

/** What Argo's page expects of any workflow. */
const typedSpec = (run: RunView, input: Json | undefined) => ({
  entrypoint: run.workflow,
  arguments: {
    parameters: Object.entries(asObject(input)).map(([name, value]) => ({ name, value: JSON.stringify(value) }))
  },
  templates: [{ name: run.workflow, inputs: {}, outputs: {}, metadata: {} }]
})

const inputOf = async (site: Site, key: number): Promise<Json | undefined> => {
  const [first] = await eventsAfter(site.pinnace.engine, key, 0, 1)
  return first !== undefined && "input" in first.event ? first.event.input : undefined
}

const statusOf = (
  run: RunView,
  submitted: Submitted | undefined,
  nodes: ArgoNodes | undefined,
  wanted: Wanted
): WorkflowObject["status"] => {
  const progress = wanted.progress ? progressFor(run, nodes) : undefined
  const { finishedAt, message, phase, startedAt } = run
  return {
    phase: startedAt === undefined && !isTerminal(phase) ? "Pending" : phase,
    startedAt: timeOf(startedAt ?? run.createdAt),
    finishedAt: timeOf(finishedAt),
    ...(message === undefined ? {} : { message }),
    ...(progress === undefined ? {} : { progress }),
    ...(nodes === undefined || !wanted.nodes ? {} : { nodes: isBegun(run, nodes) ? nodes : {} }),
    conditions: finishedAt === undefined ? [] : [{ type: "Completed", status: "True" }],
    ...(submitted?.template === undefined ? {} : { storedWorkflowTemplateSpec: submitted.template.spec }),
    resourcesDuration: {},
    artifactRepositoryRef: { default: true },
    artifactGCStatus: { notSpecified: true }
  }
}

/** Argo's command ends itself over nodes without their root. */
const isBegun = (run: RunView, nodes: ArgoNodes): boolean => Object.hasOwn(nodes, run.id)

const progressOf = (nodes: ArgoNodes): string => {
  const pods = Object.values(nodes).filter(({ type }) => type === "Pod")
  return `${pods.filter(({ finishedAt }) => finishedAt !== null).length}/${pods.length}`
}
