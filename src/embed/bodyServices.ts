/** The services that Effect bodies get. */
import * as Context from "effect/Context"
import * as Tracer from "effect/Tracer"
import { ownServices } from "../journal/immediate.ts"

/** All of a context but its span: spans of bodies lie beneath the span of whoever starts their run. */
export const bodyServices = (context: Context.Context<never>): Context.Context<never> =>
  Context.merge(ownServices(), Context.omit(Tracer.ParentSpan)(context))
