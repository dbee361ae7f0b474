// deno-lint-ignore-file no-explicit-any -- type parameters that a pattern does not look at
/** What builder functions return, and what follows from it. */
import type { TypeOf } from "./codecSpec.ts"
import type { Failures, Read, Ref } from "./Ref.ts"

/** What a builder function may return: a reference, a record of references, or nothing. */
type ResultSpec<Out> = [Out] extends [undefined] ? Ref<unknown> | Readonly<Record<string, Ref<unknown>>> | void
  : Ref<TypeOf<Out>> | (TypeOf<Out> extends infer O extends object ? { readonly [K in keyof O]: Ref<O[K]> } : never)

/** What a builder function returns, where it fits; else the remedy. */
export type Returned<T, Out> = [T] extends [ResultSpec<Out>] ? T
  : T extends PromiseLike<any> ? "Build the graph synchronously: no async, return a node"
  : [Out] extends [undefined] ? "Return a node, a reference, a record of references, or nothing"
  : ResultSpec<Out>

/** The output behind what a builder function returns. */
export type ResultOf<T> = T extends Ref<unknown> ? Read<T>
  : T extends object ? { readonly [K in keyof T]: Read<T[K]> }
  : void

/** The errors behind what a builder function returns. */
export type FailuresOf<T> = T extends Ref<unknown> ? Failures<T> : T extends object ? Failures<T[keyof T]> : never
