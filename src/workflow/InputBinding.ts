// deno-lint-ignore-file no-explicit-any -- type parameters that a pattern does not look at
/**
 * How the input of a node may be given, as types: the shape of what was
 * given chooses what it is compared with, so that errors name a field.
 */
import type { Absent } from "./Remedy.ts"
import type { Read, Ref } from "./Ref.ts"

/** References by the name a mapping or guard uses. */
export type Needs = Readonly<Record<string, Ref<unknown>>>

/** No references. */
export type NoNeeds = Readonly<Record<never, never>>

/**
 * What a mapping or guard receives; with `depends`, which may let a node run after failures, each value may be missing.
 */
export type Values<N extends Needs, P> = {
  readonly [K in keyof N]: Read<N[K]> | ([P] extends [never] ? never : undefined)
}

/** A mapping of what a node needs to its input. */
export type Mapping<I, N extends Needs, P, WI> = (needs: Values<N, P>, input: WI) => NoInfer<I>

/** A value with references in the place of its fields; texts, numbers and the like have none. */
export type BindableFields<I> = I extends Primitive ? I
  : I extends ReadonlyArray<infer V> ? I | ReadonlyArray<V | Ref<V>>
  : { readonly [K in keyof I]: I[K] | Ref<I[K]> | BindableItems<I[K]> }

type BindableItems<T> = T extends ReadonlyArray<infer V> ? ReadonlyArray<V | Ref<V>> : never

type Primitive = string | number | boolean | bigint | symbol | null | undefined

/**
 * How a node's input is made, where `G` was given: a mapping, a
 * reference, or a value with references inside (each is an edge).
 */
export type InputBinding<G, I, N extends Needs, P, WI> = [G] extends [Absent] ? Mapping<I, N, P, WI>
  : [I] extends [void] ? "It takes no input"
  : [G] extends [(...args: any) => any] ? Mapping<I, N, P, WI>
  : [G] extends [Ref<any>] ? Ref<NoInfer<I>>
  : unknown extends I ? I
  : NoInfer<BindableFields<I>>
