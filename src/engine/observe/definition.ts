/** The definition that is kept for a run. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { RunKind } from "../../run/Event.ts"
import type { RunRow } from "../../run/State.ts"
import type { Engine } from "../Engine.ts"

/** A definition that is data, as it is kept: everything but the values of secrets. */
export interface StoredDefinition {
  /** How it was written. */
  readonly kind: RunKind
  /** The same for the same meaning. */
  readonly digest: string
  /** The definition as it is kept. */
  readonly text: string
}

/** What is kept for a run; `undefined` where its definition is code, or the file is older than that. */
export const definition = (
  { host: { journal } }: Engine,
  { definition: digest, kind }: RunRow
): Effect.Effect<StoredDefinition | undefined, JournalError> =>
  digest === null ? Effect.succeed(undefined) : Effect.map(
    journal.reads.definition(digest),
    (text) => text === undefined ? undefined : { kind, digest, text }
  )
