/**
 * One run of a manifest while this process executes it.
 *
 * Owns: global outputs, the bound of active pods, removals of directories. Does
 * not own: nodes (the engine does), files (executor and artifact store do).
 * Invariant: everything in it can be rebuilt from the manifest and the recorded results of nodes.
 */
import type * as Effect from "effect/Effect"
import { type LiveNode, Slots } from "../../engine/Interpreter.ts"
import type { Executor } from "../../process/Executor.ts"
import type { Located } from "../document/decode/decode.ts"
import type { Library } from "../document/Library.ts"
import type { StoreDocument, WorkflowDocument, WorkflowSpec } from "../document/Manifest.ts"
import { isStoreKind } from "../bodies/resource/objects/storeObject.ts"
import type { JsonObject } from "../bodies/resource/objects/target.ts"
import { Variables } from "../language/template/Variables.ts"
import type { Artifacts } from "../artifact/Artifacts.ts"
import { podName } from "./naming.ts"
import type { NestedEnd } from "../bodies/resource/NestedEnd.ts"
import type { NodeMeta } from "./NodeMeta.ts"
import type { NodeResult, ObjectChange, OutputArtifact, OutputParameter, Outputs } from "../values/Result.ts"
import { Removals } from "../bodies/pod/Removals.ts"
import type { Capabilities } from "../Capabilities.ts"
import type { PluginHosts } from "../bodies/plugin/PluginHosts.ts"
import type { Replacement } from "../bodies/Replacement.ts"

/** Runs a workflow beneath a node, given the node's name and the workflow as text. Throws BadArgument. */
export type RunNested = (outer: Session, live: LiveNode, name: string, text: string) => Effect.Effect<NestedEnd>

/** What a run is made of. */
export interface SessionParts {
  /** The workflow as submitted, for names. */
  readonly owner: Located<WorkflowDocument>
  /** The document that holds the spec: another one with `workflowTemplateRef`. */
  readonly source: Located<WorkflowDocument>
  readonly spec: WorkflowSpec
  readonly library: Library
  /** As the run sees them now. */
  readonly stores: Array<StoreDocument>
  readonly name: string
  readonly globals: ReadonlyMap<string, string>
  readonly executor: () => Executor
  readonly artifacts: Artifacts
  /** Where nodes have their private directories. */
  readonly directory: string
  /** Where everything is kept that outlives the run. */
  readonly root: string
  /** The workflow whose node created this one. */
  readonly outer?: Session
  /** How many workflows lie around this one. */
  readonly nesting: number
  /** Runs a workflow that a resource template creates. */
  readonly nested: RunNested
  readonly now: () => number
  readonly startedAt: number
  readonly replacements: Readonly<Record<string, Replacement>>
  readonly plugins: PluginHosts
  readonly capabilities: Capabilities
  /** Variables that all commands are given. */
  readonly given: Readonly<Record<string, string>>
  /** Names of steps and tasks whose result somebody reads. */
  readonly readsResult: (name: string) => boolean
}

/** The state of one run. */
export class Session {
  readonly parts: SessionParts
  /** As many pods as may be active at once. */
  readonly pods: Slots | undefined
  readonly removals: Removals = new Removals()
  readonly #outputs = new Map<string, string>()
  readonly parameters = new Map<string, OutputParameter>()
  readonly artifacts = new Map<string, OutputArtifact>()
  /** `Running` until the main part ended. */
  status = "Running"
  readonly #failures: Array<unknown> = []

  /** Objects of Argo's kinds that the run has changed, by kind and name; `null` where it deleted one. */
  readonly objects: Map<string, JsonObject | null> = new Map()

  /** The node that changed each ConfigMap and Secret last, which the files of the manifest do not tell. */
  readonly changed: Map<string, string> = new Map()

  constructor(parts: SessionParts) {
    this.parts = parts
    const { parallelism } = parts.spec
    this.pods = parallelism === undefined ? undefined : new Slots(parallelism)
  }

  /** What every text of the run can read now. */
  get variables(): Variables {
    return new Variables(this.parts.globals).with(this.changing)
  }

  /** The part of it that changes while the run goes on. */
  get changing(): ReadonlyArray<readonly [string, string]> {
    const { now, startedAt } = this.parts
    const failures = this.#failures.length === 0 ? "null" : JSON.stringify(this.#failures)
    return [
      ["workflow.status", this.status],
      ["workflow.duration", ((now() - startedAt) / 1_000).toFixed(6)],
      ["workflow.failures", JSON.stringify(failures)],
      ...this.#outputs
    ]
  }

  /** Remembers a pod that failed, for `workflow.failures`. */
  note(meta: NodeMeta, result: NodeResult): void {
    if (meta.type !== "Pod" || (result.phase !== "Failed" && result.phase !== "Error")) return
    this.#failures.push({
      displayName: meta.displayName,
      message: result.message ?? "",
      templateName: meta.template,
      phase: result.phase,
      podName: podName(this.parts.name, meta.name, meta.template),
      finishedAt: new Date(result.finishedAt ?? 0).toISOString()
    })
  }

  /** A node changes an object for the rest of the run; the files of the manifests stay as they are. */
  change(path: string, change: ObjectChange): void {
    const { kind, name, object, store } = change
    this.parts.outer?.change(path, change)
    if (!isStoreKind(kind)) return void this.objects.set(`${kind}/${name}`, object ?? null)
    // The latest one is the last one.
    this.changed.delete(`${kind}/${name}`)
    this.changed.set(`${kind}/${name}`, path)
    const { stores } = this.parts
    const at = stores.findIndex((it) => it.kind === kind && it.metadata.name === name)
    if (at >= 0) stores.splice(at, 1)
    if (store !== undefined) stores.push(store)
  }

  /** Takes in the outputs of a node that are global. */
  publish(outputs: Outputs | undefined): void {
    for (const parameter of outputs?.parameters ?? []) {
      if (parameter.globalName === undefined) continue
      this.parameters.set(parameter.globalName, { name: parameter.globalName, value: parameter.value })
      this.#outputs.set(`workflow.outputs.parameters.${parameter.globalName}`, parameter.value)
    }
    for (const artifact of outputs?.artifacts ?? []) {
      if (artifact.globalName === undefined) continue
      this.artifacts.set(artifact.globalName, {
        name: artifact.globalName,
        key: artifact.key,
        ...(artifact.s3 === undefined ? {} : { s3: artifact.s3 })
      })
      this.#outputs.set(`workflow.outputs.artifacts.${artifact.globalName}`, JSON.stringify(artifact))
    }
  }
}
