/** Sends a command to a run wherever it is executed: here, in another process, or nowhere. */
import * as Effect from "effect/Effect"
import type { Verb } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { isTerminal } from "../../run/Phase.ts"
import { type Answer, type CommandArgs, tooLate } from "./Answer.ts"
import { control } from "./control.ts"
import type { Engine } from "../Engine.ts"
import { type CommandError, EngineClosed, Refused, RunNotFound } from "../EngineError.ts"
import { answerInbox } from "./inbox.ts"
import { offline } from "./offline.ts"
import { admit, json, type Rules, text } from "../../workflow/admit.ts"
import { atDoor } from "../door.ts"
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
      const checked = admit(`the arguments of ${verb}`, args, rules)
      const row = engine.host.journal.findRun(id)
      return row === undefined ? Effect.fail(RunNotFound.of(id)) : route(engine, row, verb, checked)
    }),
    (answer): Effect.Effect<Answer, Refused | EngineClosed> => {
      if (answer.ok) return Effect.succeed(answer)
      // Whoever has to answer may still act on it, but nobody here will hear of it.
      if (engine.closed) return Effect.fail(EngineClosed.of(`${verb} run ${id}`))
      return Effect.fail(new Refused({ run: id, verb, message: answer.message }))
    }
  )

const rules: Rules<CommandArgs> = { message: text, node: text, value: json }

const route = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  const live = engine.live.get(row.key)
  if (live !== undefined) {
    return Effect.callback((resume) => control(live, verb, args, (answer) => resume(Effect.succeed(answer))))
  }
  if (isTerminal(row.phase)) return Effect.succeed(tooLate(engine.host.journal, verb, row, args))
  if (engine.ending.has(row.key)) {
    return Effect.succeed({ ok: true, message: `Run ${row.id} is already being terminated` })
  }
  const { journal } = engine.host
  if (row.owner !== null && row.owner !== journal.process && journal.isAlive(row.owner)) {
    return elsewhere(engine, row, verb, args)
  }
  const claimed = journal.claim({ run: row.key })[0]
  return claimed === undefined ? elsewhere(engine, row, verb, args) : act(engine, claimed, verb, args)
}

const elsewhere = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  remote(engine, row, { verb, args, act: (claimed) => act(engine, claimed, verb, args) })

/** Acts on a run that this process has just claimed. */
const act = (engine: Engine, claimed: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  if (isTerminal(claimed.phase)) {
    engine.giveBack([claimed.key])
    return Effect.succeed(tooLate(engine.host.journal, verb, claimed, args))
  }
  const isKnown = engine.workflows.has(claimed.workflow) || engine.revivers.has(claimed.kind)
  const taken = isKnown ? takeOver(engine, claimed) : undefined
  // Its dead owner was terminating it: taking it over ends it, and nothing else may be recorded of it.
  if (engine.ending.has(claimed.key)) return route(engine, claimed, verb, args)
  if (taken === undefined) return offline(engine, claimed, verb, args)
  answerInbox(engine)
  return route(engine, claimed, verb, args)
}
