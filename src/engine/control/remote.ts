/** Commands to runs that another process executes, or that nobody executes any more: asked through the file, answered by the owner. */
import * as Effect from "effect/Effect"
import { isTerminal } from "../../run/Phase.ts"
import type { Verb } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { type Answer, type CommandArgs, tooLate } from "./Answer.ts"
import type { Engine } from "../Engine.ts"
import { whenChanged } from "../observe/whenChanged.ts"

/** A command on its way. */
export interface Request {
  readonly verb: Verb
  readonly args: CommandArgs
  /** Acts on the run once this process has claimed it. */
  readonly act: (claimed: RunRow) => Effect.Effect<Answer>
}

/** Asks the owner through the file and wakes it; no polling. When the owner dies and nobody takes its place, acts here. */
export const remote = (engine: Engine, row: RunRow, request: Request): Effect.Effect<Answer> =>
  Effect.suspend(() => {
    const sent = engine.host.journal.send(row.key, request.verb, JSON.stringify(request.args))
    return answered(engine, row, sent, request)
  })

const answered = (engine: Engine, row: RunRow, sent: number, request: Request): Effect.Effect<Answer> =>
  whenChanged(engine, row.key, () => {
    if (engine.closed) return Effect.succeed({ ok: false, message: "The engine was closed before the answer came" })
    const answer = answerTo(engine, sent)
    if (answer !== undefined) return Effect.succeed(answer)
    return isFree(engine, row) ? Effect.suspend(() => instead(engine, row, sent, request)) : undefined
  })

const answerTo = (engine: Engine, sent: number): Answer | undefined => {
  const answer = engine.host.journal.command(sent)?.answer
  return answer === undefined || answer === null ? undefined : JSON.parse(answer)
}

/** Whether nobody alive executes the run: whoever does, or takes it over, reads its inbox. */
const isFree = ({ host: { journal } }: Engine, { key }: RunRow): boolean => {
  const owner = journal.getRun(key)?.owner ?? null
  return owner === null || !journal.isAlive(owner)
}

const withdrawn = JSON.stringify({ ok: false, message: "Asked again elsewhere" })

/** Only an owner acts on commands: once the run is claimed here, nobody else acts on this one any more. */
const instead = (engine: Engine, row: RunRow, sent: number, request: Request): Effect.Effect<Answer> => {
  const { journal } = engine.host
  const now = journal.getRun(row.key)
  if (now === undefined) return Effect.succeed({ ok: false, message: `Run ${row.id} was deleted` })
  if (isAskedFor(now, request.verb)) {
    return Effect.succeed({ ok: true, message: `Run ${row.id} has ended (${now.reason})` })
  }
  if (isTerminal(now.phase)) return Effect.succeed(tooLate(journal, request.verb, now, request.args))
  const claimed = journal.claim({ run: row.key })[0]
  if (claimed === undefined) return answered(engine, row, sent, request)
  const answer = answerTo(engine, sent)
  if (answer !== undefined) {
    engine.giveBack([row.key])
    return Effect.succeed(answer)
  }
  journal.append([{ kind: "answer", command: sent, answer: withdrawn }])
  return request.act(claimed)
}

/** The end may be seen before the answer that announced it. */
const isAskedFor = ({ reason }: RunRow, verb: Verb): boolean =>
  (verb === "stop" || verb === "terminate") && (reason === "Stopped" || reason === "Terminated")
