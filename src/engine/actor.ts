/** Who asks an engine for something. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Actor } from "../run/actor.ts"

/** Whoever asks in this fiber; by default that of the engine, which is the user of its process. */
export const CurrentActor: Context.Reference<Actor | undefined> = Context.Reference<Actor | undefined>(
  "pinnace/CurrentActor",
  { defaultValue: () => undefined }
)

/** Goes on with whoever asks. */
export const withActor = <A, E>(
  { actor }: { readonly actor?: Actor | undefined },
  go: (by: Actor | undefined) => Effect.Effect<A, E>
): Effect.Effect<A, E> => Effect.withFiber(({ context }) => go(Context.get(context, CurrentActor) ?? actor))

/** What an event says of whoever asked. */
export const byOf = (by: Actor | undefined): { readonly by?: Actor } => by === undefined ? {} : { by }
