/** Commands that other processes sent to runs this process owns. */
import type { Command } from "../journal/Journal.ts"
import type { Verb } from "../run/command.ts"
import { type Answer, control } from "./control.ts"
import type { Engine } from "./Engine.ts"

/** Acts on every waiting command; each is answered in the journal once its effect is durable. */
export const answerInbox = (engine: Engine): void => {
  for (const command of engine.host.journal.inbox()) {
    if (!acting(engine).has(command.id)) answer(engine, command)
  }
}

const answer = (engine: Engine, command: Command): void => {
  const live = engine.live.get(command.run)
  const done = (result: Answer): void => {
    const text = JSON.stringify(result)
    engine.host.journal.append(
      [{ kind: "answer", command: command.id, answer: text }],
      () => acting(engine).delete(command.id)
    )
  }
  acting(engine).add(command.id)
  if (live === undefined) return done({ ok: false, message: "The run ended before the command arrived" })
  control(live, command.verb as Verb, JSON.parse(command.args), done)
}

const inProgress = new WeakMap<Engine, Set<number>>()

/** Commands being acted on, so that a second notice does not repeat one. */
const acting = (engine: Engine): Set<number> => {
  const known = inProgress.get(engine) ?? new Set<number>()
  inProgress.set(engine, known)
  return known
}
