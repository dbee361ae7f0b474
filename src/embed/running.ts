/** From effects to promises that reject with what the effect failed with. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CurrentActor } from "../engine/actor.ts"
import { type Actor, actorFault, toActor } from "../run/actor.ts"
import { admitOne } from "../workflow/admit.ts"

/** How effects of one engine are run for those who want promises. */
export interface Running {
  /** The references that its fibers are started with. */
  readonly services: Context.Context<never>
  /** Runs an effect to a promise that rejects with the effect's own error. */
  readonly promise: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
  /** The same for somebody else. Throws `InvalidValue`. */
  readonly as: (actor: string | Actor) => Running
}

/** Runs effects with these services; `told` makes of an error what is rejected with. */
export const running = (
  services: Context.Context<never>,
  told: (error: unknown) => unknown = (error) => error
): Running => ({
  services,
  as: (actor) => {
    admitOne("who asks", actor, actorFault)
    return running(Context.add(services, CurrentActor, toActor(actor)) as Context.Context<never>, told)
  },
  promise: (effect) =>
    new Promise((resolve, reject) => {
      Effect.runForkWith(services)(effect).addObserver((exit) => {
        if (Exit.isSuccess(exit)) resolve(exit.value)
        else reject(told(Cause.squash(exit.cause)))
      })
    })
})
