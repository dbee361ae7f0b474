// deno-lint-ignore-file no-explicit-any -- definitions are erased: the typed surface vouches for them
/**
 * Definitions as the plan and the engine read them: erased, frozen, without effects. The typed surface (`Task.ts`,
 * `Workflow.ts`) builds exactly these; nothing else constructs them.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { ArtifactGC } from "./Artifact.ts"
import type { CacheDef } from "./Cache.ts"
import type { Condition } from "./Condition.ts"
import type { Outcome } from "./Outcome.ts"
import type { RunLabels } from "./RunLabels.ts"
import type { Retention } from "./Retention.ts"
import type { Retry } from "./Retry.ts"
import type { PermitsDef } from "./Semaphore.ts"
import type { StartDef } from "./StartPolicy.ts"

/** A codec whose JSON form crosses the journal. */
export type AnyCodec = Schema.Codec<any, any, never, never>

/** How a task is treated when its process died in the middle of an attempt. */
export type OnCrash = "rerun" | "fail"

/** What a body may give back. */
export type BodyResult = unknown | Promise<unknown> | Effect.Effect<unknown, unknown, any>

/** Limits on time, in milliseconds; `Infinity` = none. */
export interface Timeouts {
  /** One attempt. */
  readonly attempt: number
  /** The node: all attempts and the waiting between them. */
  readonly total: number
  /** Of what is on a pool: how long an attempt waits until a worker has taken it; default for ever. */
  readonly pending?: number
}

/**
 * What runs when something ended, or on a hook. Either a function,
 * or a task or workflow with a mapping of the exit to its input.
 */
export interface HandlerDef {
  readonly task: AnyTask | AnyWorkflow
  readonly input: (exit: HookInfo) => unknown
  /** Whether it runs at all; asked again after a restart for one that has not begun. */
  readonly when?: ((exit: HookInfo) => boolean) | undefined
}

/** How what a task or a nested workflow did is undone. */
export interface CompensationDef {
  /** `"began"`: also where an attempt was cut off, so that nobody knows what it did. */
  readonly when: "succeeded" | "began"
  /** How its input and its output are read. */
  readonly of: { readonly input: AnyCodec; readonly output: AnyCodec }
  /** What runs; its input is what it is told. */
  readonly task: AnyTask
}

/** What an exit handler or hook is told. */
export interface ExitInfo<O = unknown, E = unknown> {
  /** How it ended. */
  readonly outcome: Outcome<O, E>
  /** The id of the run. */
  readonly run: string
  /** The path of the node; empty where it is the run. */
  readonly node: string
  /** The number of the latest attempt, from 1. */
  readonly attempt: number
  /** For the exit handler of a run that did not work out: how many of its nodes were undone. */
  readonly compensated?: { readonly done: number; readonly failed: number; readonly of: number }
}

/**
 * What a hook is told: when it fires on `started` there is no
 * outcome yet; on `retrying` it is that of the failed attempt.
 */
export interface HookInfo<O = unknown, E = unknown> extends Omit<ExitInfo<O, E>, "outcome"> {
  /** How it ended, or `Running` where it has not. */
  readonly outcome: Outcome<O, E> | { readonly phase: "Running" }
}

/** When hooks fire. */
export type HookName = "started" | "succeeded" | "failed" | "retrying"

/** Handlers by hook. */
export type HooksDef = Readonly<Partial<Record<HookName, HandlerDef>>>

/** A unit of work. */
export interface AnyTask {
  readonly _tag: "Task"
  readonly name: string
  readonly description: string | undefined
  readonly input: AnyCodec
  readonly output: AnyCodec
  /** The union of declared errors, or `undefined` when none is declared. */
  readonly error: AnyCodec | undefined
  readonly retry: Retry | undefined
  readonly timeouts: Timeouts
  readonly onCrash: OnCrash
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  readonly services: ReadonlyArray<Context.Key<any, any>>
  readonly permits: PermitsDef | undefined
  readonly cache?: CacheDef | undefined
  /** The pool whose workers run it; absent: whoever executes the run does. */
  readonly on?: string | undefined
  /** How what it did is undone. */
  readonly compensate?: CompensationDef | undefined
  /** `context` is the engine's `TaskContext`. */
  readonly run: (input: any, context: any) => BodyResult
}

/**
 * A definition that is data. It is kept with each run, which
 * goes on with it whatever became of the file it was read from.
 */
export interface KeptDefinition {
  /** What its runs are. */
  readonly kind: "manifest"
  /** The same for the same meaning: neither comments nor the values of secrets count. */
  readonly digest: string
  /** What is kept: everything but the values of secrets. */
  readonly text: string
  /** The workflow of such a text, with the capabilities of this one. Throws when it cannot be used here. */
  readonly revive: (text: string) => AnyWorkflow
  /**
   * Does in another process what a node ordered of the workers of a pool, given the input of its run as JSON text;
   * `live` is the engine's node, and so is the end that it answers with.
   */
  readonly ordered?: (live: any, order: string, input: string) => any
}

/**
 * What a failure means for the others: `true` cancels those that run, `"hold"` lets them end; either way nothing more
 * begins. `false`: all run to their end.
 */
export type FailFast = boolean | "hold"

/** The body of a flow; `context` is the engine's `FlowContext`. */
export type FlowBody = (input: any, context: any) => unknown

/** A graph of nodes. */
export interface AnyWorkflow {
  readonly _tag: "Workflow"
  /** With its version, where it has one: `order@2`. */
  readonly name: string
  readonly version?: string | undefined
  readonly description: string | undefined
  readonly input: AnyCodec
  readonly output: AnyCodec
  readonly error: AnyCodec | undefined
  /** Whether it says itself with which errors it may fail; else `error` is inferred from its nodes. */
  readonly statesErrors: boolean
  readonly nodes: ReadonlyArray<NodeDef>
  /** The node or value that is the workflow's output. */
  readonly result: AnyRef | undefined
  readonly failFast: FailFast
  /** How many nodes of this workflow (its own graph, not nested ones) may be open at once. */
  readonly parallelism: number
  /** Milliseconds for the whole run, exit handlers excepted; `Infinity` = none. */
  readonly timeout: number
  /** Used where the workflow is nested. */
  readonly retry: Retry | undefined
  readonly permits: PermitsDef | undefined
  /** What starts of the same key do to each other. */
  readonly start: StartDef | undefined
  /** When the artifacts of its runs are deleted, where they do not say themselves. */
  readonly gc: ArtifactGC | undefined
  /** The store of artifacts that name none. */
  readonly store: string | undefined
  /** How long its ended runs are kept. */
  readonly retention: Retention | undefined
  /** Whether its runs begin suspended. */
  readonly suspended: boolean
  /** Whether what its nodes did is undone where it, or what it is nested in, does not work out. */
  readonly compensates: boolean | "parallel"
  /** How it is undone as a whole where it is nested and has succeeded; default node by node. */
  readonly compensate?: CompensationDef | undefined
  /** Its own definition as data, where it is made from such. */
  readonly kept: KeptDefinition | undefined
  /** Labels of its runs. */
  readonly labels: RunLabels<unknown>
  /** Its body, where it is a flow: it has no graph then, and its nodes are what the body starts. */
  readonly flow?: FlowBody | undefined
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  /** Authoring mistakes found while building, reported by `compile` with all others. */
  readonly mistakes: ReadonlyArray<Mistake>
}

/** An authoring mistake noticed by the builder; `plan/` turns it into an `Issue`. */
export interface Mistake {
  readonly node: string | undefined
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Anything a node can run. */
export type AnyRunnable = AnyTask | AnyWorkflow

/** A typed reference: a workflow's input, a node's output, or a node's outcome, then a path of properties into it. */
export interface AnyRef {
  /** Marks a reference. */
  readonly _tag: "Ref"
  /** What kind of value it leads to. */
  readonly of: "input" | "output" | "outcome" | "value" | "record"
  /** The node, for `output` and `outcome`. */
  readonly node: string | undefined
  /** Identity of the workflow being built, to notice references that belong to another one. */
  readonly scope: object
  /** The properties on the way from that value to the part that is meant. */
  readonly at: ReadonlyArray<string>
  /** The literal, for `value`. */
  readonly value?: unknown
  /** The references a record is made of, for `record` (only as the result of a workflow). */
  readonly fields?: Readonly<Record<string, AnyRef>>
}

/** Values by name, as a mapping or guard receives them. */
export type Bound = Readonly<Record<string, any>>

/** One node of a workflow's graph. */
export interface NodeDef {
  readonly name: string
  /** Its names in runs that began before it was renamed. */
  readonly renamedFrom: ReadonlyArray<string>
  readonly kind: "task" | "workflow" | "map" | "suspend" | "run"
  readonly description: string | undefined
  /** What runs; for a map, what runs for each item; absent for `suspend`. */
  readonly runnable: AnyRunnable | undefined
  /** Values this node reads, by the name its mapping uses. */
  readonly needs: Readonly<Record<string, AnyRef>>
  /** Nodes that only have to come first. */
  readonly after: ReadonlyArray<string>
  readonly depends: Condition | undefined
  readonly when: ((values: Bound, input: any) => boolean) | undefined
  /** Gives the runnable's input from `needs` and the workflow's input. For a map: from item and index first. */
  readonly bind: (values: Bound, input: any, item?: unknown, index?: number) => unknown
  readonly continueOn: { readonly failed: boolean; readonly error: boolean }
  /** The output used by readers when this node was skipped; absent = `undefined` is read. */
  readonly fallback: { readonly value: unknown } | undefined
  /** Override those of the runnable. */
  readonly retry: Retry | undefined
  readonly timeouts: Timeouts | undefined
  readonly permits: PermitsDef | undefined
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  /** Whether its results are reused, or for a map those of its items; `false`: not, whatever the task says. */
  readonly cache?: CacheDef | false | undefined
  /** The pool whose workers run it, or for a map its items. */
  readonly on?: string | undefined
  /** How what it did is undone, in the place of what its task or workflow says; of a map its items say that. */
  readonly compensate?: CompensationDef | undefined
  readonly map: MapDef | undefined
  readonly suspend: SuspendDef | undefined
  readonly run?: RunDef | undefined
  readonly expand?: ExpandDef | undefined
}

/** A node whose graph is made as it begins. */
export interface ExpandDef {
  /** Adds the nodes for a value to a builder: the same ones for the same value. May throw. */
  readonly build: (value: any, builder: any) => unknown
  readonly output: AnyCodec
}

/** A node whose work is a run of its own. */
export interface RunDef {
  readonly workflow: AnyWorkflow
  /** Whether the node lasts until its run has ended; else its output is the id of the run. */
  readonly wait: boolean
  readonly onParentEnd: OnParentEnd
  /** The id of its run; default one that follows from the node. */
  readonly id?: string | undefined
  /** The id of a run that is there already: it is only waited for. */
  readonly await?: string | undefined
}

/** What happens to a run that another one started, once that one ends. */
export type OnParentEnd = "leave" | "stop" | "terminate"

/** The fan-out part of a map node. */
export interface MapDef {
  readonly items: AnyRef
  /** The item's identity in paths; default its index. */
  readonly key: ((item: any, index: number) => string) | undefined
  readonly concurrency: number
  readonly failFast: FailFast
  /** Override those of the runnable for each item; those of the node are about the map as a whole. */
  readonly item: Pick<NodeDef, "retry" | "timeouts" | "permits" | "onExit" | "hooks" | "cache" | "on" | "compensate">
}

/** A node that waits for a signal, for an instant, or for a person. */
export interface SuspendDef {
  readonly output: AnyCodec
  /** Resumes by itself after this many milliseconds with `fallback`; `Infinity` = never. */
  readonly duration: number
  /** Whether it only passes time. */
  readonly sleeps?: true
}
