/** Sends a command to a run wherever it is executed: here, in another process, or nowhere. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Verb } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { isTerminal } from "../../run/Phase.ts"
import { type Answer, type CommandArgs, nextOf, type TerminateOptions, tooLate } from "./Answer.ts"
import { admitArgs, endArgs, signed } from "./args.ts"
import { control } from "./control.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, EngineClosed, Refused, RunNotFound } from "../EngineError.ts"
import { answerInbox } from "./inbox.ts"
import { offline } from "./offline.ts"
import { atDoor } from "../door.ts"
import { isElsewhere } from "../life/definitions.ts"
import type { LiveRun } from "../Live.ts"
import { takeOver } from "../life/recover.ts"
import { remote } from "./remote.ts"

/** Acts on a run and answers what was done; fails with `Refused` when the command makes no sense now. */
export const command = (
  engine: Engine,
  id: string,
  verb: Verb,
  args: CommandArgs = {}
): Effect.Effect<Answer, CommandError> =>
  Effect.flatMap(
    atDoor(() => {
      const checked = admitArgs(verb, args)
      return Effect.flatMap(
        engine.host.journal.reads.findRun(id),
        (row): Effect.Effect<Answer, RunNotFound | JournalError> =>
          row === undefined
            ? Effect.fail(RunNotFound.of(id))
            : signed(engine.host, checked, (args) => route(engine, row, verb, args))
      )
    }),
    (answer): Effect.Effect<Answer, CommandError> => {
      if (answer.ok) return Effect.succeed(answer)
      return Effect.flatMap(
        engine.closed ? Effect.undefined : nextOf(engine.host.journal, id),
        (next): Effect.Effect<Answer, CommandError> => {
          if (next !== undefined) return command(engine, next, verb, args)
          // Whoever has to answer may still act on it, but nobody here will hear of it.
          if (engine.closed) return Effect.fail(EngineClosed.of(`${verb} run ${id}`))
          return Effect.fail(new Refused({ run: id, verb, message: answer.message }))
        }
      )
    }
  )

/** Terminates a run, with options or a message alone. Throws `InvalidValue`. */
export const terminate = (
  engine: Engine,
  id: string,
  how: TerminateOptions | string | undefined
): Effect.Effect<Answer, CommandError> => command(engine, id, "terminate", endArgs(how))

const route = (
  engine: Engine,
  row: RunRow,
  verb: Verb,
  args: CommandArgs
): Effect.Effect<Answer, JournalError> =>
  Effect.suspend(() => {
    const live = engine.live.get(row.key)
    if (live?.isBehind === true) return Effect.flatMap(caughtUp(engine, live), () => route(engine, row, verb, args))
    if (live !== undefined) {
      return Effect.callback((resume) => control(live, verb, args, (answer) => resume(Effect.succeed(answer))))
    }
    if (isTerminal(row.phase)) return tooLate(engine.host.journal.reads, verb, row, args)
    if (engine.ending.has(row.key)) {
      return Effect.succeed({ ok: true, message: `Run ${row.id} is already being terminated` })
    }
    return Effect.flatMap(
      isElsewhere(engine, row),
      (isElsewhere) => isElsewhere ? elsewhere(engine, row, verb, args) : here(engine, row, verb, args)
    )
  })

/** Its inbox is read where it was taken over, in the mailbox: once that is done, whatever came of it. */
const caughtUp = (engine: Engine, live: LiveRun): Effect.Effect<void> =>
  engine.mailbox.ask(Effect.sync(() => void (live.isBehind = false)))

/** What is left to do once the run is where it can be done: not in the mailbox, since it may take its time. */
type Rest = Effect.Effect<Answer, JournalError>
type Resting = Generator<Effect.Effect<unknown, JournalError>, Rest, never>

/** Nobody has the run as far as is known; what is done about it depends on whether it can be claimed. */
const here = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Rest =>
  Effect.flatten(engine.mailbox.ask(Effect.gen(function* (): Resting {
    if (engine.live.has(row.key)) return route(engine, row, verb, args)
    const [claimed] = yield* engine.host.journal.claims.claim({ run: row.key })
    return claimed === undefined ? elsewhere(engine, row, verb, args) : yield* act(engine, claimed, verb, args)
  })))

const elsewhere = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Rest =>
  remote(engine, row, { verb, args, act: (claimed) => act(engine, claimed, verb, args) })

/** Acts on a run that this process has just claimed; in the mailbox. */
const act = (
  engine: Engine,
  claimed: RunRow,
  verb: Verb,
  args: CommandArgs
): Effect.Effect<Rest, JournalError> =>
  Effect.gen(function* () {
    if (isTerminal(claimed.phase)) {
      yield* engine.giveBack([claimed.key])
      return tooLate(engine.host.journal.reads, verb, claimed, args)
    }
    const isKnown = engine.workflows.has(claimed.workflow) || engine.revivers.has(claimed.kind)
    const taken = isKnown ? yield* takeOver(engine, claimed) : undefined
    // Its dead owner was terminating it: taking it over ends it, and nothing else may be recorded of it.
    if (engine.ending.has(claimed.key)) return route(engine, claimed, verb, args)
    if (taken === undefined) return Effect.succeed(yield* offline(engine, claimed, verb, args))
    yield* answerInbox(engine)
    return route(engine, claimed, verb, args)
  })
