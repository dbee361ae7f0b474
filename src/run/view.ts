/**
 * Runs, nodes, lines and artifacts as people are told of them: what they mean, without what storage needs. What there
 * is not, or not yet, is absent; instants are milliseconds since the epoch.
 */
import type { ArtifactRow, ArtifactState, SavedArtifact } from "./ArtifactRow.ts"
import type { Json, NodeKind, RunKind, Stopping } from "./Event.ts"
import type { Phase, Reason, Waiting } from "./Phase.ts"
import type { NodeRow, RunRow } from "./State.ts"

/** A run as it stands. */
export interface RunView {
  /** The id, which names it in every call and command. */
  readonly id: string
  /** The name of its workflow. */
  readonly workflow: string
  /** How its definition was written. */
  readonly kind: RunKind
  /** The digest of the definition that is kept for it, where it is data. */
  readonly definition?: string
  /** How far it is, or how it ended. */
  readonly phase: Phase
  /** The short code of why it is in this phase, for programs. */
  readonly reason?: Reason
  /** What is said about its phase, for people. */
  readonly message?: string
  /** Who begins first where there is a limit: the larger number; default 0. */
  readonly priority: number
  /** What it was labelled with when it was started. */
  readonly labels: Readonly<Record<string, string>>
  /** The process that executes it, by its number in the state file. */
  readonly owner?: number
  /** Whether nothing new begins before it is resumed. */
  readonly suspended: boolean
  /** How it is being ended, when somebody asked for that. */
  readonly stopping?: Stopping
  /** Why no process goes on with it. */
  readonly held?: string
  /** The run that it was resubmitted or forked from. */
  readonly origin?: string
  /** When it was started, whether or not anything of it began. */
  readonly createdAt: number
  /** When its first work began. */
  readonly startedAt?: number
  /** When it ended. */
  readonly finishedAt?: number
  /** When retention deletes it. */
  readonly deleteAt?: number
  /** Its place in lists of runs: what `before` of a filter takes, also when the run was deleted meanwhile. */
  readonly cursor: string
}

/** A node as it stands. */
export interface NodeView {
  /** Its place in the run: the names of the nodes around it and its own, joined by `/`. */
  readonly path: string
  /** What runs beneath the path. */
  readonly kind: NodeKind
  /** How far it is, or how it ended. */
  readonly phase: Phase
  /** The short code of why it is in this phase, for programs. */
  readonly reason?: Reason
  /** What is said about its phase, for people. */
  readonly message?: string
  /** The number of the latest attempt, from 1; absent before the first. */
  readonly attempt?: number
  /** How many attempts its policy allows; absent where that has no bound or is not known. */
  readonly attempts?: number
  /** How often the latest attempt was begun again because its process died. */
  readonly reruns: number
  /** What it waits for, while it waits. */
  readonly waiting?: Waiting
  /** When its wait ends by itself. */
  readonly until?: number
  /** How far its work is, as its task told last. */
  readonly progress?: { readonly done: number; readonly total: number; readonly note?: string }
  /** When its first attempt began. */
  readonly startedAt?: number
  /** When it ended, all attempts included. */
  readonly finishedAt?: number
  /** Its input and output, where they were asked for and are recorded. */
  readonly input?: Json
  /** The value that it ended with, encoded as JSON. */
  readonly output?: Json
}

/** A line of a node's log. */
export interface LogView {
  /** The path of the node; empty for the run. */
  readonly path: string
  /** The number of the attempt that wrote it. */
  readonly attempt: number
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number
  /** How much it matters. */
  readonly level: "debug" | "info" | "warn" | "error"
  /** The line as it was written, secrets hidden. */
  readonly text: string
  /** Its fields: what was said beside the text as an object, at most 4 kB. */
  readonly data?: { readonly [name: string]: Json }
}

/** An artifact as it stands. */
export interface ArtifactView extends SavedArtifact {
  /** The id of its run, which may be deleted while its bytes are still there. */
  readonly run: string
  /** The path of the node that saved it. */
  readonly path: string
  /** The number of the attempt that saved it, from 1. */
  readonly attempt: number
  /** Whether it can be read, or how far its deletion is. */
  readonly state: ArtifactState
  /** Whether somebody wants it kept whatever its strategy says. */
  readonly pinned: boolean
  /** Why it could not be deleted. */
  readonly error?: string
  /** Deletions that failed. */
  readonly tries: number
  /** When its deletion is tried again. */
  readonly nextAt?: number
  /** When its attempt saved it. */
  readonly createdAt: number
}

/** A run as it is told of. */
export const runView = (row: RunRow): RunView => ({
  id: row.id,
  workflow: row.workflow,
  kind: row.kind,
  ...present({ definition: row.definition }),
  phase: row.phase,
  ...present({ reason: row.reason, message: row.message }),
  priority: row.priority,
  labels: row.labels,
  ...present({ owner: row.owner }),
  suspended: row.suspended,
  ...present({ stopping: row.stopping, held: row.held, origin: row.origin }),
  createdAt: row.createdAt,
  ...present({ startedAt: ever(row.startedAt), finishedAt: ever(row.finishedAt), deleteAt: ever(row.deleteAt) }),
  cursor: cursorOf(row)
})

/** A node as it is told of, with its values when there are any. */
export const nodeView = (row: NodeRow & Pick<NodeView, "input" | "output">): NodeView => ({
  path: row.path,
  kind: row.kind,
  phase: row.phase,
  ...present({ reason: row.reason, message: row.message, attempt: ever(row.attempt), attempts: ever(row.attempts) }),
  reruns: row.reruns,
  ...present({ waiting: row.waiting, until: ever(row.until), progress: row.progress }),
  ...present({ startedAt: ever(row.startedAt), finishedAt: ever(row.finishedAt) }),
  ...(row.input === undefined ? {} : { input: row.input }),
  ...(row.output === undefined ? {} : { output: row.output })
})

/** A line as it is told of. */
export const logView = ({ at, attempt, data, level, path, text }: StoredLog): LogView => ({
  path,
  attempt,
  at,
  level,
  text,
  ...present({ data: fieldsOf(data) })
})

type StoredLog = Omit<LogView, "data"> & { readonly data?: string }

/** The fields of a line; nothing where somebody else has written anything but an object. */
export const fieldsOf = (data: string | undefined): LogView["data"] => {
  if (data === undefined) return undefined
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as LogView["data"] : undefined
  } catch {
    return undefined
  }
}

/** An artifact as it is told of. */
export const artifactView = ({ error, nextAt, run: _, runId, ...row }: ArtifactRow): ArtifactView => ({
  ...row,
  run: runId,
  ...present({ error, nextAt: ever(nextAt) })
})

/** The place of a run in lists; no id begins like it. */
const cursorOf = ({ createdAt, key }: Pick<RunRow, "createdAt" | "key">): string => `@${createdAt}.${key}`

/** The place that a cursor stands for, or `undefined` when it is none. */
export const placeOf = (cursor: string): Pick<RunRow, "createdAt" | "key"> | undefined => {
  const found = /^@(\d{1,16})\.(\d{1,16})$/.exec(cursor)
  return found === null ? undefined : { createdAt: Number(found[1]), key: Number(found[2]) }
}

/** Rows say 0 for "never" and "none". */
const ever = (value: number): number | null => value === 0 ? null : value

type Present<A> = { readonly [K in keyof A]?: NonNullable<A[K]> }

/** What there is of these. */
export const present = <A extends object>(fields: A): Present<A> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Present<A>
