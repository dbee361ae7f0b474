/** Typed signals: what a suspended node waits for. A signal can be shared by the workflow and its senders. */
import * as Schema from "effect/Schema"
import { admitOne, text } from "./admit.ts"
import { schemaSpec } from "./schemaSpec.ts"
import type { AnyCodec } from "./Definition.ts"
import { type CodecSpec, toCodec, type TypeOf } from "./codecSpec.ts"

/** A signal that carries a value of type `O`; its name is the name of the node that waits for it. */
export interface Signal<in out O> {
  /** Marks a signal. */
  readonly _tag: "Signal"
  /** The name of the node that waits for it. */
  readonly name: string
  /** The codec of its value, whose JSON form is recorded. */
  readonly output: AnyCodec
  /** Exists for the type checker only. */
  readonly "~type"?: (value: O) => O
}

/** A signal of whatever value. */
// deno-lint-ignore no-explicit-any -- a signal takes and gives its value, so that no other type is above all signals
export type AnySignal = Signal<any>

/** Makes a signal; without a schema it carries no value. */
export const signal = <S extends CodecSpec | undefined = undefined>(name: string, output?: S): Signal<TypeOf<S>> => {
  admitOne("the name of a signal", name, text)
  if (output !== undefined) admitOne(`the schema of signal "${name}"`, output, schemaSpec)
  return Object.freeze({ _tag: "Signal" as const, name, output: output === undefined ? Schema.Void : toCodec(output) })
}
