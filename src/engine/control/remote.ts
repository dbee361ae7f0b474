/**
 * Commands to runs that another process executes, or that nobody
 * executes any more: asked through the file, answered by the owner.
 */
import * as Effect from "effect/Effect"
import { isTerminal } from "../../run/Phase.ts"
import type { JournalShape } from "../../journal/Journal.ts"
import type { Verb } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import { type Answer, type CommandArgs, read, tooLate } from "./Answer.ts"
import type { Engine } from "../Engine.ts"
import { whenChanged } from "../observe/whenChanged.ts"

/** A command on its way. */
export interface Request {
  readonly verb: Verb
  readonly args: CommandArgs
  /** Acts on the run once this process has claimed it. */
  readonly act: (claimed: RunRow) => Effect.Effect<Answer>
}

/**
 * Asks the owner through the file and wakes it; no polling. When the owner dies and nobody takes its place, acts here.
 */
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
  if (answer === undefined || answer === null) return undefined
  return read<Answer>(answer) ?? { ok: false, message: "The answer of the other process cannot be read" }
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
  const needless = endedAlready(engine, row, request)
  if (needless !== undefined) {
    // Who retries the run must not find it waiting.
    journal.append([{ kind: "answer", command: sent, answer: JSON.stringify(needless) }])
    return Effect.succeed(needless)
  }
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

/** The answer when there is nothing left to act on. */
const endedAlready = ({ host: { journal } }: Engine, { id, key }: RunRow, request: Request): Answer | undefined => {
  const now = journal.getRun(key)
  if (now === undefined) return { ok: false, message: `Run ${id} was deleted` }
  if (isTerminal(now.phase) && isAskedFor(journal, now, request.verb)) {
    return { ok: true, message: `Run ${id} has ended (${now.phase})` }
  }
  return isTerminal(now.phase) ? tooLate(journal, request.verb, now, request.args) : undefined
}

/**
 * The end may be seen before the answer that announced it. What
 * was stopped may say another reason for its end, as manifests do.
 */
const isAskedFor = (journal: JournalShape, { key }: RunRow, verb: Verb): boolean => {
  if (verb !== "stop" && verb !== "terminate") return false
  const last = journal.events(key, 0).findLast(({ event }) =>
    event.type === "RunStopping" || event.type === "RunRetried"
  )
  return last?.event.type === "RunStopping"
}
