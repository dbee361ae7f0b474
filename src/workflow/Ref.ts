// deno-lint-ignore-file no-explicit-any -- type parameters that a signature does not look at
/**
 * Typed references: to a workflow's input, to a node's output or
 * outcome, or to a part of one. Plain values that name what will exist.
 */
import type { Condition, ConditionOn, Question } from "./Condition.ts"
import type { AnyRef } from "./Definition.ts"
import type { Outcome } from "./Outcome.ts"

/** A reference to a value of type `T`; the nodes behind it may fail a run with the typed errors `F`. */
export interface Ref<out T, out F = unknown> {
  /** What is referred to, as the plan reads it. */
  readonly "~ref": AnyRef
  /** Exists for the type checker only. */
  readonly "~type"?: { readonly of: T } | undefined
  /** Exists for the type checker only. */
  readonly "~fails"?: { readonly with: F } | undefined
  /** A reference to one property; `undefined` is read where the whole is `undefined`. */
  at<K extends keyof NonNullable<T> & (string | number)>(key: K): Ref<Member<T, K>, F>
}

/** The type of property `K`, `undefined` included when the whole may be missing. */
export type Member<T, K extends keyof NonNullable<T>> =
  | NonNullable<T>[K]
  | ([T] extends [NonNullable<T>] ? never : undefined)

/** A reference to a workflow's input, with one to each field of a struct beside it, however deep. */
export type InputRef<I> = Ref<I, never> & ([I] extends [object] ? Fields<I> : unknown)

// Structs only: what has methods (a date, a map) is one value.
type Fields<I> = string extends keyof I ? unknown : I extends ReadonlyArray<any> ? unknown
: [Extract<I[keyof I], (...args: any) => any>] extends [never]
  ? { readonly [K in Exclude<keyof I & string, keyof Ref<any>>]-?: InputRef<I[K]> }
: unknown

/** What conditions can ask of a node. */
export interface Asked {
  /** The name of the node that is asked about. */
  readonly "~node": string
  /** The workflow that the node belongs to: conditions on nodes of another one are refused. */
  readonly "~scope": object
  /** Holds once the node has succeeded. */
  readonly succeeded: Condition
  /** Holds once the node has failed, by a failure of its own work. */
  readonly failed: Condition
  /** Holds once the node has ended in an error: something other than its own work went wrong. */
  readonly errored: Condition
  /** Holds once the guard of the node has answered `false`. */
  readonly skipped: Condition
  /** Holds once it is known that the node never runs, because its `depends` does not hold. */
  readonly omitted: Condition
  /** Holds once the node has ended and an item of it succeeded, as `AnySucceeded` of Argo. */
  readonly anySucceeded: Condition
  /** Holds once the node has ended and all items of it failed, as `AllFailed` of Argo. */
  readonly allFailed: Condition
}

/**
 * A reference to a node: its output as readers see it (`T`), its typed errors (`E`),
 * its own output (`O`), and its errors with those of the nodes that it waits for (`F`).
 */
export interface NodeRef<out T, out E = never, out O = T, out F = E> extends Ref<T, F>, Asked {
  /** Holds once the node has succeeded. */
  readonly succeeded: ConditionOn<F>
  /** Holds once the node has failed, by a failure of its own work. */
  readonly failed: ConditionOn<F>
  /** Holds once the node has ended in an error: something other than its own work went wrong. */
  readonly errored: ConditionOn<F>
  /** Holds once the guard of the node has answered `false`. */
  readonly skipped: ConditionOn<F>
  /** Holds once it is known that the node never runs, because its `depends` does not hold. */
  readonly omitted: ConditionOn<F>
  /** Holds once the node has ended and an item of it succeeded, as `AnySucceeded` of Argo. */
  readonly anySucceeded: ConditionOn<F>
  /** Holds once the node has ended and all items of it failed, as `AllFailed` of Argo. */
  readonly allFailed: ConditionOn<F>
  /** How the node ended; reading it does not ask that it succeeded, so give the reader a `depends` as well. */
  readonly outcome: Ref<Outcome<O, E>, F>
}

/** The errors with which what was referred to may fail a run. */
export type Failures<R> = R extends Failing<infer F> ? F : never

/** The errors behind values with references in them: one, a list of them, or a record whose fields are either. */
export type FailuresIn<G> = G extends Failing<infer F> ? F
  : G extends (...args: any) => any ? never
  : G extends ReadonlyArray<infer V> ? Failures<V>
  : G extends object ? FailuresOfField<G[keyof G]>
  : never

type FailuresOfField<V> = V extends ReadonlyArray<infer One> ? Failures<One> : Failures<V>

type Failing<F> = { readonly "~ref": AnyRef; readonly "~fails"?: { readonly with: F } | undefined }

// Looks at one property only: matching the whole interface would also look for `T` among the overloads of `at`.
/** The type of the value behind a reference. */
export type Read<R> = R extends { readonly "~type"?: { readonly of: infer T } | undefined } ? T : never

/** Whether a value is a reference. */
export const isRef = (value: unknown): value is Ref<unknown> =>
  typeof value === "object" && value !== null && "~ref" in value

// The path to a value as a whole.
const whole: ReadonlyArray<string> = Object.freeze([])

/** A reference to data. */
class DataRef {
  readonly "~ref": AnyRef

  constructor(ref: AnyRef) {
    this["~ref"] = Object.freeze(ref)
    if (new.target === DataRef) Object.freeze(this)
  }

  at(key: string | number): Ref<any> {
    const ref = this["~ref"]
    return new DataRef({ ...ref, at: Object.freeze([...ref.at, String(key)]) })
  }
}

/** A reference to the input of a workflow whose fields are known by name. */
export const inputRef = (scope: object, fields: FieldTree): Ref<any> =>
  withFields({ _tag: "Ref", of: "input", node: undefined, scope, at: whole }, fields)

/** The fields of a struct by name, each with its own. */
export interface FieldTree {
  readonly [field: string]: FieldTree
}

const withFields = (of: AnyRef, fields: FieldTree): Ref<any> => {
  const ref = new InputDataRef(of)
  for (const [field, own] of Object.entries(fields)) {
    if (field === "at" || field === "~ref") continue
    const value = withFields({ ...of, at: Object.freeze([...of.at, field]) }, own)
    Object.defineProperty(ref, field, { value, enumerable: true })
  }
  return Object.freeze(ref)
}

class InputDataRef extends DataRef {}

/** What conditions can ask of the node `name`, which need not be defined yet. */
export class ForwardRef implements Asked {
  readonly "~node": string
  readonly "~scope": object

  constructor(scope: object, name: string) {
    this["~scope"] = scope
    this["~node"] = name
    Object.freeze(this)
  }

  get succeeded(): Condition {
    return ask(this, "succeeded")
  }

  get failed(): Condition {
    return ask(this, "failed")
  }

  get errored(): Condition {
    return ask(this, "errored")
  }

  get skipped(): Condition {
    return ask(this, "skipped")
  }

  get omitted(): Condition {
    return ask(this, "omitted")
  }

  get anySucceeded(): Condition {
    return ask(this, "anySucceeded")
  }

  get allFailed(): Condition {
    return ask(this, "allFailed")
  }
}

/** A reference to a node of the workflow being built. */
export class NodeDataRef extends ForwardRef {
  get "~ref"(): AnyRef {
    return refTo(this, "output")
  }

  get outcome(): Ref<any> {
    return new DataRef(refTo(this, "outcome"))
  }

  at(key: string | number): Ref<any> {
    return new DataRef({ ...this["~ref"], at: Object.freeze([String(key)]) })
  }
}

const refTo = (asked: Asked, of: "output" | "outcome"): AnyRef =>
  Object.freeze({ _tag: "Ref" as const, of, node: asked["~node"], scope: asked["~scope"], at: whole })

const ask = (asked: Asked, question: Question): Condition =>
  Object.freeze({
    _tag: "Is" as const,
    node: asked["~node"],
    question,
    scope: asked["~scope"],
    ...(asked instanceof NodeDataRef ? { referred: true } : {})
  })
