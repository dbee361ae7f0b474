/** Commands that other processes sent to runs this process owns. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Command } from "../../journal/Journal.ts"
import { isVerb } from "../../run/command.ts"
import { type Answer, type CommandArgs, read } from "./Answer.ts"
import { control } from "./control.ts"
import type { Engine } from "../Engine.ts"

/** Acts on every waiting command; each is answered in the journal once its effect is durable. */
export const answerInbox = (engine: Engine): Effect.Effect<void, JournalError> =>
  Effect.suspend(() => {
    const behind = [...engine.live.values()].filter(({ isBehind }) => isBehind)
    return Effect.map(engine.host.journal.reads.inbox(), (commands) => {
      for (const command of commands) if (!engine.acting.has(command.id)) answer(engine, command)
      for (const live of behind) live.isBehind = false
    })
  })

const answer = (engine: Engine, command: Command): void => {
  const live = engine.live.get(command.run)
  const done = (result: Answer): void => {
    const text = JSON.stringify(result)
    engine.host.journal.append(
      [{ kind: "answer", command: command.id, answer: text }],
      () => engine.acting.delete(command.id)
    )
  }
  engine.acting.add(command.id)
  if (live === undefined) return done({ ok: false, message: "The run ended before the command arrived" })
  const args = read<CommandArgs>(command.args)
  if (!isVerb(command.verb)) {
    return done({ ok: false, message: `This version of the program has no command ${JSON.stringify(command.verb)}` })
  }
  if (args === undefined) return done({ ok: false, message: "The command cannot be read: its arguments are not JSON" })
  control(live, command.verb, args, done)
}
