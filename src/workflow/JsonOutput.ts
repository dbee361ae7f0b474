// deno-lint-ignore-file no-explicit-any -- type parameters that a pattern does not look at
/** Whether an output without a schema is JSON, as far as types tell; `json.ts` checks the value itself. */

/** `Then` where `T` is JSON; else what in it is not, and the remedy. */
export type WithJson<T, Then> = [T] extends [Jsonable<T>] ? Then
  : `The output is not JSON, ${One<Culprit<T, "output">>}: give the task an output schema`

/** `T` where it is JSON (properties may be `undefined`, they are left out); else a type that `T` does not fit. */
export type Jsonable<T> = unknown extends T ? T
  : T extends Plain ? T
  : T extends AnyFunction | bigint | symbol ? never
  : T extends ReadonlyArray<infer V> ? ReadonlyArray<JsonItem<V>>
  : { readonly [K in keyof T]: Jsonable<T[K]> }

type JsonItem<T> = unknown extends T ? T : T extends undefined ? never : Jsonable<T>

type Plain = string | number | boolean | null | undefined | void
type AnyFunction = (...args: any) => any

// One text of many, or something to say where there is none.
type One<Text> = [Text] extends [never] ? "it holds something else"
  : LastOf<Text extends unknown ? (told: () => Text) => void : never>
type LastOf<Told> = [Told] extends [(told: infer Pick) => void]
  ? Pick extends () => infer Text ? Extract<Text, string> : never
  : never

// A type may contain itself, so the way to the culprit has an end.
type Culprit<T, At extends string, Steps extends ReadonlyArray<0> = []> = Steps["length"] extends 4 ? never
  : T extends Jsonable<T> ? never
  : T extends ReadonlyArray<infer V> ? Item<V, `${At}[…]`, Steps>
  : [Name<T>] extends [never] ? Inside<T, At, Steps>
  : `${At} is ${Name<T>}`

type Inside<T, At extends string, Steps extends ReadonlyArray<0>> = {
  readonly [K in keyof T & string]: Culprit<T[K], `${At}.${K}`, [...Steps, 0]>
}[keyof T & string]

type Item<T, At extends string, Steps extends ReadonlyArray<0>> = T extends undefined ? `${At} is undefined`
  : Culprit<T, At, [...Steps, 0]>

type Name<T> = T extends AnyFunction ? "a function"
  : T extends bigint ? "a bigint"
  : T extends symbol ? "a symbol"
  : T extends Date ? "a Date"
  : T extends ReadonlyMap<any, any> ? "a Map"
  : T extends ReadonlySet<any> ? "a Set"
  : T extends ArrayBufferView | ArrayBuffer ? "binary data"
  : never
