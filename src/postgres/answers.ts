/** Answers that come as promises, as effects. */
import * as Effect from "effect/Effect"
import { JournalError } from "../journal/JournalError.ts"

/** Questions whose answers are effects. */
export type Asked<A> = {
  readonly [K in keyof A]: A[K] extends (...args: infer P) => Promise<infer R>
    ? (...args: P) => Effect.Effect<R, JournalError>
    : never
}

/** An answer that comes later. */
export const later = <A>(look: () => Promise<A>): Effect.Effect<A, JournalError> =>
  Effect.callback((resume) => {
    look().then(
      (answer) => resume(Effect.succeed(answer)),
      (error) => resume(error instanceof JournalError ? Effect.fail(error) : Effect.die(error))
    )
  })

/** What comes later, and does not fail. */
export const surely: <A>(look: () => Promise<A>) => Effect.Effect<A> = Effect.promise

/** The same questions as effects; `check` throws where nothing may be asked any more. */
export const asking = <A extends object>(questions: A, check: () => void): Asked<A> =>
  Object.fromEntries(
    Object.entries<(...args: ReadonlyArray<unknown>) => Promise<unknown>>(questions as never).map(([name, ask]) => [
      name,
      (...args: ReadonlyArray<unknown>) =>
        later(async () => {
          check()
          return ask(...args)
        })
    ])
  ) as Asked<A>
