/** How a node of a manifest ended, and how that crosses the journal. */
import { messageFrom } from "../document/messageFrom.ts"
import type { JsonObject } from "../bodies/resource/objects/target.ts"
import type { NodeEnd } from "../../engine/Interpreter.ts"
import type { Ending, Json } from "../../run/Event.ts"
import type { S3Location } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import type { Reason, TerminalPhase } from "../../run/Phase.ts"

/** A parameter that came out. */
export interface OutputParameter {
  /** The name in its template. */
  readonly name: string
  /** The value, always as text. */
  readonly value: string
  /** The name under which the whole workflow sees it (`globalName`). */
  readonly globalName?: string
}

/** An artifact that came out: where its store keeps it. */
export interface OutputArtifact {
  /** The name in its template. */
  readonly name: string
  /** The key of its object within the store. */
  readonly key: string
  /** The bucket, when it is not in the local directory. */
  readonly s3?: S3Location
  /** The path in the container from which it was saved. */
  readonly path?: string
  /** The name under which the whole workflow sees it (`globalName`). */
  readonly globalName?: string
  /** Its identity, size and digest in the state file. */
  readonly artifact?: string
  /** The size of its stored bytes. */
  readonly size?: number
  /** The SHA-256 of its stored bytes, in lower-case hexadecimal. */
  readonly sha256?: string
}

/** What came out of a node. */
export interface Outputs {
  /** Its output parameters. */
  readonly parameters?: ReadonlyArray<OutputParameter>
  /** Its output artifacts. */
  readonly artifacts?: ReadonlyArray<OutputArtifact>
  /** What it printed to its standard output, or what its script gave. */
  readonly result?: string
  /** The exit code of its main container, as text. */
  readonly exitCode?: string
}

/** Whether the memo table answered. */
export interface MemoStatus {
  /** Whether a remembered result was taken. */
  readonly hit: boolean
  /** The key that was looked up. */
  readonly key: string
  /** The name of the ConfigMap that Argo keeps the table in. */
  readonly cacheName: string
}

/**
 * What a resource template did to an object: a ConfigMap or Secret is
 * kept in `store`, any other in `object`; without either it was deleted.
 */
export interface ObjectChange {
  readonly kind: string
  readonly name: string
  readonly store?: StoreDocument
  readonly object?: JsonObject
}

/** How a node ended. Times are milliseconds since the epoch. */
export interface NodeResult {
  readonly phase: TerminalPhase
  readonly message?: string
  readonly outputs?: Outputs
  readonly memo?: MemoStatus
  readonly change?: ObjectChange
  readonly reason?: Reason
  readonly startedAt?: number
  readonly finishedAt?: number
}

/** A success. */
export const succeeded = (outputs: Outputs = {}): NodeResult => ({ phase: "Succeeded", outputs })

/** The work said no. */
export const failed = (message: string, outputs?: Outputs): NodeResult => ({
  phase: "Failed",
  message,
  ...(outputs === undefined ? {} : { outputs })
})

/** The system could not do the work. */
export const errored = (message: string, outputs?: Outputs): NodeResult => ({
  phase: "Error",
  message,
  ...(outputs === undefined ? {} : { outputs })
})

/** The end of a node that could not be run because of what was thrown. */
export const erroredBy = (thrown: unknown): NodeResult => errored(messageFrom(thrown))

/** Whether it counts as a failure. */
export const isBad = ({ phase }: NodeResult): boolean => phase === "Failed" || phase === "Error"

/** What a workflow shows whose main part ended like this. */
export const statusOf = ({ phase }: NodeResult): string =>
  phase === "Skipped" || phase === "Omitted" ? "Succeeded" : phase

/** What the journal keeps of a result besides its phase. */
interface Kept {
  readonly outputs?: Outputs
  readonly memo?: MemoStatus
  readonly change?: ObjectChange
}

const tag = "ManifestNode"

/** A result as the engine's ending. */
export const toEnd = (result: NodeResult): NodeEnd => {
  const { change, memo, message, outputs, phase } = result
  const kept: Kept = {
    ...(outputs === undefined ? {} : { outputs }),
    ...(memo === undefined ? {} : { memo }),
    ...(change === undefined ? {} : { change })
  }
  if (phase === "Succeeded") return { phase, text: JSON.stringify(kept), message }
  const reason = result.reason ?? reasons[phase]
  const error = { tag, message: message ?? "", data: kept as unknown as Json }
  return phase === "Failed" || phase === "Error" ? { phase, reason, message, error } : { phase, reason, message }
}

const reasons = { Failed: "TaskFailed", Error: "ChildErrored", Skipped: "When", Omitted: "Depends" } as const

/** What a recorded ending keeps of a result besides its phase. */
export const keptIn = ({ error, output, phase }: Ending): Kept =>
  (phase === "Succeeded" ? output : error?.data) as Kept | null | undefined ?? {}

/** The engine's ending as a result; `kind` is the node's type, which chooses the words for what was imposed on it. */
export const fromEnd = (end: NodeEnd, type: string): NodeResult => {
  const data = end.text !== undefined && end.phase === "Succeeded" ? JSON.parse(end.text) : end.error?.data
  const kept = (data ?? {}) as Kept
  const message = messageOf(end.reason, end.message, type)
  return {
    phase: end.phase,
    ...(kept.outputs === undefined ? {} : { outputs: kept.outputs }),
    ...(kept.memo === undefined ? {} : { memo: kept.memo }),
    ...(message === undefined ? {} : { message }),
    ...(end.reason === undefined ? {} : { reason: end.reason })
  }
}

/** What a node says that was ended from outside. */
export const messageOf = (
  reason: Reason | null | undefined,
  message: string | null | undefined,
  type: string
): string | undefined => {
  const strategy = reason === "Stopped" ? "Stop" : reason === "Terminated" ? "Terminate" : undefined
  if (strategy !== undefined) {
    return type === "Pod" ? `workflow shutdown with strategy:  ${strategy}` : `Stopped with strategy '${strategy}'`
  }
  if (reason === "Timeout" && message === "Did not finish in time") return "Step exceeded its deadline"
  return message ?? undefined
}
