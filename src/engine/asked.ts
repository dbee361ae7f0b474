/**
 * The one way in to an engine for all that is asked of it: once it was closed everything fails with `EngineClosed`, and
 * what storage and the rules for values throw is in the error channel, never a defect.
 */
import type * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Engine } from "./Engine.ts"
import { EngineClosed } from "./EngineError.ts"
import { JournalError } from "../journal/JournalError.ts"
import { InvalidWorkflow } from "../plan/Issue.ts"
import { InvalidValue } from "../workflow/values.ts"

/**
 * What can go wrong with anything that is asked of an engine: it was
 * closed, its storage failed, or a value that was given makes no sense.
 */
export type AskError = EngineClosed | JournalError | InvalidValue

/** How to ask. */
export interface Asking<T> {
  /** Whether something new begins, which an engine that is closing refuses too. */
  readonly begins?: boolean
  /** Further errors that are thrown on the way. */
  readonly throws?: ReadonlyArray<abstract new (...args: never) => T>
}

/** How to ask for what begins with a definition, which may have mistakes. */
export const defining: Asking<InvalidWorkflow> = { begins: true, throws: [InvalidWorkflow] }

/** Asks an engine for something; `what` completes "Cannot …". */
export const asked = <A, E, T = never>(
  engine: Engine,
  what: string,
  ask: () => Effect.Effect<A, E>,
  { begins = false, throws = [] }: Asking<T> = {}
): Effect.Effect<A, E | T | AskError> => {
  const whenThere = (): Effect.Effect<A, E | EngineClosed> => {
    if (engine.closed || begins && engine.closing) return Effect.fail(EngineClosed.of(what))
    const { renewing } = engine
    return renewing === undefined ? ask() : Effect.andThen(Deferred.await(renewing), Effect.suspend(whenThere))
  }
  // Nearly all succeeds: what tells of failures is made where there is one.
  return Effect.catchCause(Effect.suspend(whenThere), (cause) => failed<A, E, T>(engine, what, cause, throws))
}

const failed = <A, E, T>(
  engine: Engine,
  what: string,
  cause: Cause.Cause<E | EngineClosed>,
  throws: NonNullable<Asking<T>["throws"]>
): Effect.Effect<A, E | T | AskError> => {
  const told = <F>(error: F): F | EngineClosed => isAfterTheEnd(engine, error) ? EngineClosed.of(what) : error
  const isThrown = (defect: unknown): defect is T | AskError =>
    [JournalError, EngineClosed, InvalidValue, ...throws].some((one) => defect instanceof one)
  return Effect.failCause(cause).pipe(
    Effect.mapError(told),
    Effect.catchDefect((defect) => isThrown(defect) ? Effect.fail(told(defect)) : Effect.die(defect))
  )
}

const isAfterTheEnd = (engine: Engine, error: unknown): boolean =>
  engine.closed && error instanceof JournalError && error.reason === "Closed"
