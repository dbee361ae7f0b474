// deno-lint-ignore-file no-explicit-any -- type parameters that a pattern does not look at
/** What a node can run, as types see it. */

/** A task or workflow with input `I`, output `O`, typed errors `E` and required services `R`. */
export interface Runnable<in I, out O, out E, out R> {
  /** Whether it is a task or a workflow. */
  readonly _tag: "Task" | "Workflow"
  /** The name, by which plans and records know it. */
  readonly name: string
  /** Exists for the type checker only. */
  readonly "~types"?: {
    readonly input: (input: I) => void
    readonly output: O
    readonly error: E
    readonly services: R
  } | undefined
}

/** The input type of a task or workflow. */
export type InputOf<T> = T extends Runnable<infer I, any, any, any> ? I : never

/** The output type of a task or workflow. */
export type OutputOf<T> = T extends Runnable<any, infer O, any, any> ? O : never

/** The union of the typed errors of a task or workflow. */
export type FailureOf<T> = T extends Runnable<any, any, infer E, any> ? E : never

/** The services a task or workflow requires. */
export type ServicesOf<T> = T extends Runnable<any, any, any, infer R> ? R : never
