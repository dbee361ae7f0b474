/** Errors that callers of the engine can cause or run into. */
import * as Schema from "effect/Schema"
import type { JournalError } from "../journal/JournalError.ts"
import type { InvalidValue } from "../workflow/values.ts"

/** A run that was asked for does not exist in this state file. */
export class RunNotFound
  extends Schema.TaggedError<RunNotFound>()("RunNotFound", { id: Schema.String, message: Schema.String }) {
  /** The error about the run of this id. */
  static of(id: string): RunNotFound {
    return new RunNotFound({ id, message: `No run "${id}" in this state file: list the runs to see their ids` })
  }
}

/** The input given to `start` does not match the workflow's input schema; `example` is one that does, to begin with. */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", {
  workflow: Schema.String,
  message: Schema.String,
  example: Schema.optionalKey(Schema.Json)
}) {}

/** A command that makes no sense now; `message` says why and what would. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  run: Schema.String,
  verb: Schema.String,
  message: Schema.String
}) {}

/** What can go wrong when a run is commanded. */
export type CommandError = Refused | RunNotFound | InvalidValue | EngineClosed | JournalError

/** A run id is taken by a run of another workflow or with another input. */
export class RunExists
  extends Schema.TaggedError<RunExists>()("RunExists", { id: Schema.String, message: Schema.String }) {
  /** The handle of the existing run, of the kind that the caller uses for runs. */
  declare readonly run: unknown

  /** Gives it its handle, which no print of the error shows. */
  with(run: unknown): this {
    return Object.defineProperty(this, "run", { value: run, configurable: true })
  }
}

/** The engine was closed; everything that is asked of it from then on fails with this. */
export class EngineClosed extends Schema.TaggedError<EngineClosed>()("EngineClosed", { message: Schema.String }) {
  /** The error about what was asked, in words that follow "Cannot". */
  static of(what: string): EngineClosed {
    return new EngineClosed({
      message: `Cannot ${what}: this engine was closed. Open runs go on when the state file is opened again`
    })
  }
}
