/** What a container is asked for, and what it answers. */
import type { Parameters } from "./scope.ts"

/** What a container is for: a body, or what has to be known before or after bodies. */
export type Verb = "run" | "decide" | "bind" | "items" | "collect" | "result" | HandlerVerb

/** What follows a node: its exit handler, or a hook of that name. */
export type HandlerVerb = "exit" | "succeeded" | "failed"

/** One container. */
export interface ExecRequest {
  readonly verb: Verb
  /** Names of nodes from the workflow to the node; for `result` those of the nested workflow. */
  readonly path: ReadonlyArray<string>
  /** From 1. */
  readonly attempt: number
  /** The id of the run of Argo. */
  readonly run: string
  /** Whether the engine's store of artifacts is that of all containers; default false: artifacts stay in each. */
  readonly shares?: boolean
  readonly parameters: Parameters
}

/** What it leaves behind: an exit code, and texts by the names of output parameters. */
export interface ExecAnswer {
  readonly exitCode: number
  readonly outputs: Readonly<Record<string, string>>
  /** What its body has logged. */
  readonly log?: ReadonlyArray<string>
  /** What is said of a failure. */
  readonly message?: string
}
