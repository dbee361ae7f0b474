/**
 * What a node that waits asks a person for, as data: recorded with
 * the node, so that any process can tell it without the definition.
 */
import { encodeJson } from "../../workflow/codec.ts"
import type { AnyCodec, NodeDef, SuspendDef } from "../../workflow/Definition.ts"
import { type Form, formOf } from "../../workflow/form.ts"
import type { Json } from "../../run/Event.ts"

/** What a waiting node asks for: the form of its value, which is empty when it carries none. */
export interface Asks extends Form {
  /** What readers get when nobody answers in time. */
  readonly default?: Json
  /** Whether it asks for nothing, since it only passes time. */
  readonly sleeps?: true
}

/** What a suspend node asks for. */
export const asksOf = (def: NodeDef, { duration, output, sleeps }: SuspendDef): Asks => {
  const form = formOf(output)
  const fallback = duration === Infinity || def.fallback === undefined ? undefined : encoded(output, def.fallback.value)
  return { ...form, ...(fallback === undefined ? {} : { default: fallback }), ...(sleeps === true ? { sleeps } : {}) }
}

const encoded = (codec: AnyCodec, value: unknown): Json | undefined => {
  try {
    return encodeJson(codec)(value)
  } catch {
    return undefined
  }
}
