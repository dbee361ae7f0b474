/** Commands and their answers. */
import * as Effect from "effect/Effect"
import { continuedIn } from "../../run/chain.ts"
import type { JournalShape, Reads } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { already, refusal, type Verb } from "../../run/command.ts"
import type { Actor } from "../../run/actor.ts"
import type { Json } from "../../run/Event.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"

/** What a command did, or why it did nothing. */
export interface Answer {
  /** Whether the command was taken. */
  readonly ok: boolean
  /** What it did, or why it did nothing, for people. */
  readonly message: string
  /** What it answers besides words, where there is anything. */
  readonly data?: Json
}

/** The arguments of commands. */
export interface CommandArgs {
  readonly message?: string
  /** The path of the node, for `signal`. */
  readonly node?: string
  readonly value?: Json
  /** For `terminate`: what the run did is undone before it ends. */
  readonly compensate?: boolean
  /** Who asks. */
  readonly by?: Actor
}

/** How a run is terminated. */
export interface TerminateOptions {
  /** Why; it is recorded. */
  readonly message?: string
  /** Whether what the run did is undone before it ends, as after a failure; default false. */
  readonly compensate?: boolean
}

/** What another process wrote, or `undefined` when it cannot be read. */
export const read = <A>(text: string): A | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value as A : undefined
  } catch {
    return undefined
  }
}

/** The answer to a command that finds its run ended; a signal that was taken before may have been this very one. */
export const tooLate = (
  reads: Reads,
  verb: Verb,
  row: RunRow,
  args: CommandArgs
): Effect.Effect<Answer, JournalError> =>
  Effect.gen(function* () {
    const known = already(verb, row, args)
    if (known !== undefined) return { ok: true, message: known }
    const node = verb === "signal" && args.node !== undefined ? yield* reads.node(row.key, args.node) : undefined
    if (node !== undefined && node.signalSeq > 0) return signalledBefore(row.id, args, yield* signalOf(reads, node))
    return { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
  })

/** The value that a node was given, as JSON text. */
const signalOf = (reads: Reads, { run, signalSeq }: NodeRow): Effect.Effect<string | undefined, JournalError> =>
  Effect.map(
    reads.events(run, signalSeq - 1, 1),
    ([recorded]) => recorded?.event.type === "NodeSignalled" ? JSON.stringify(recorded.event.value) : undefined
  )

/** The answer to a signal for a node that was given a value before: good when it is the same one. */
export const signalledBefore = (run: string, { node, value = null }: CommandArgs, known: string | undefined): Answer =>
  known === JSON.stringify(value)
    ? { ok: true, message: `Node "${node}" has its value already` }
    : { ok: false, message: `Cannot signal run ${run}: node "${node}" has another value already` }

/** The run that goes on from one, perhaps since a moment ago: it is what is meant then. */
export const nextOf = (
  { drained, reads }: Pick<JournalShape, "drained" | "reads">,
  id: string
): Effect.Effect<string | undefined, JournalError> => {
  // Its end may be on its way to storage.
  const row = Effect.andThen(drained, reads.findRun(id))
  return Effect.map(row, (row) => row === undefined ? undefined : continuedIn(row))
}
