/** Sends a command to a run wherever it is executed: here, in another process, or nowhere. */
import * as Effect from "effect/Effect"
import { already, refusal, type Verb } from "../run/command.ts"
import type { RunRow } from "../run/State.ts"
import { isTerminal } from "../run/Phase.ts"
import { abandon } from "./abandon.ts"
import { type Answer, type CommandArgs, control } from "./control.ts"
import type { Engine } from "./Engine.ts"
import { Refused, RunNotFound } from "./EngineError.ts"
import { answerInbox } from "./inbox.ts"
import { loadLedger, takeOver } from "./recover.ts"
import { nothing } from "./NodeEnd.ts"

/** Acts on a run and answers what was done; fails with `Refused` when the command makes no sense now. */
export const command = (
  engine: Engine,
  id: string,
  verb: Verb,
  args: CommandArgs = {}
): Effect.Effect<Answer, Refused | RunNotFound> =>
  Effect.flatMap(
    Effect.suspend(() => {
      const row = engine.host.journal.findRun(id)
      return row === undefined ? Effect.fail(RunNotFound.of(id)) : route(engine, row, verb, args)
    }),
    (answer) =>
      answer.ok ? Effect.succeed(answer) : Effect.fail(new Refused({ run: id, verb, message: answer.message }))
  )

const route = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  const live = engine.live.get(row.key)
  if (live !== undefined) {
    return Effect.callback((resume) => control(live, verb, args, (answer) => resume(Effect.succeed(answer))))
  }
  if (isTerminal(row.phase)) return Effect.succeed(ended(verb, row))
  if (engine.ending.has(row.key)) {
    return Effect.succeed({ ok: true, message: `Run ${row.id} is already being terminated` })
  }
  const { journal } = engine.host
  if (row.owner !== null && row.owner !== journal.process && journal.isAlive(row.owner)) {
    return remote(engine, row, verb, args)
  }
  const claimed = journal.claim({ run: row.key })[0]
  return claimed === undefined ? remote(engine, row, verb, args) : act(engine, claimed, verb, args)
}

/** Acts on a run that this process has just claimed. */
const act = (engine: Engine, claimed: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  if (isTerminal(claimed.phase)) {
    engine.host.journal.release([claimed.key])
    return Effect.succeed(ended(verb, claimed))
  }
  const taken = engine.workflows.has(claimed.workflow) ? takeOver(engine, claimed) : undefined
  if (taken === undefined) return offline(engine, claimed, verb, args)
  answerInbox(engine)
  return route(engine, claimed, verb, args)
}

const ended = (verb: Verb, row: RunRow): Answer => {
  const known = already(verb, row)
  return known === undefined
    ? { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
    : { ok: true, message: known }
}

/** The owner is another living process: it is asked through the file and woken; no polling. */
const remote = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  Effect.suspend(() => {
    const sent = engine.host.journal.send(row.key, verb, JSON.stringify(args))
    return answered(engine, row, sent, verb, args)
  })

/** Waits for the answer of whoever owns the run, now or after a take-over; when nobody does, acts here. */
const answered = (engine: Engine, row: RunRow, sent: number, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const unwatch = engine.host.journal.watch()
    const rest = engine.host.stayAlive()
    const finish = (answer: Effect.Effect<Answer>): void => {
      stop()
      resume(answer)
    }
    const look = (): void => {
      if (engine.closed) {
        return finish(Effect.succeed({ ok: false, message: "The engine was closed before the answer came" }))
      }
      const answer = answerTo(engine, sent)
      if (answer !== undefined) finish(Effect.succeed(answer))
      else if (isFree(engine, row)) finish(Effect.suspend(() => instead(engine, row, sent, verb, args)))
    }
    const unlisten = engine.listen(row.key, look)
    const stop = (): void => {
      unlisten()
      unwatch()
      rest()
    }
    look()
    return Effect.sync(stop)
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
const instead = (engine: Engine, row: RunRow, sent: number, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  const { journal } = engine.host
  const now = journal.getRun(row.key)
  if (now === undefined) return Effect.succeed({ ok: false, message: `Run ${row.id} was deleted` })
  if (isAskedFor(now, verb)) return Effect.succeed({ ok: true, message: `Run ${row.id} has ended (${now.reason})` })
  if (isTerminal(now.phase)) return Effect.succeed(ended(verb, now))
  const claimed = journal.claim({ run: row.key })[0]
  if (claimed === undefined) return answered(engine, row, sent, verb, args)
  const answer = answerTo(engine, sent)
  if (answer !== undefined) {
    journal.release([row.key])
    return Effect.succeed(answer)
  }
  journal.append([{ kind: "answer", command: sent, answer: withdrawn }])
  return act(engine, claimed, verb, args)
}

/** The end may be seen before the answer that announced it. */
const isAskedFor = ({ reason }: RunRow, verb: Verb): boolean =>
  (verb === "stop" || verb === "terminate") && (reason === "Stopped" || reason === "Terminated")

/** Nobody can execute the run (its definition is unknown here): it can still be stopped, suspended and resumed in the record. */
const offline = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const release = (): void => {
      engine.host.journal.flush()
      // Somebody who knows its workflow may have wanted it while it was held here.
      if (!isTerminal(ledger.row.phase)) engine.host.journal.offer([row.key])
    }
    const answer = (result: Answer): void => {
      release()
      resume(Effect.succeed(result))
    }
    const ledger = loadLedger(engine, row)
    const refused = refusal(verb, row, { path: args.node, node: ledger.nodes.get(args.node ?? "") })
    if (refused !== undefined) return answer({ ok: false, message: refused })
    if (verb === "terminate" || verb === "stop" && row.held !== null) {
      const reason = verb === "stop" ? "Stopped" : "Terminated"
      abandon(ledger, reason, args.message ?? reason)
      return answer({
        ok: true,
        message: `Run ${row.id} was ended; its exit handlers could not run, its definition is not known here`
      })
    }
    if (verb === "stop") {
      // Its definition may be back in a moment, and then its exit handlers must run.
      ledger.run({
        type: "RunStopping",
        mode: "stop",
        ...(args.message === undefined ? {} : { message: args.message })
      })
      return answer({
        ok: true,
        message:
          `Run ${row.id} will stop, exit handlers included, when a process that registers "${row.workflow}" opens the file; ` +
          "terminate it to end it now without them"
      })
    }
    if (verb === "suspend" || verb === "resume") {
      ledger.run(verb === "suspend" ? { type: "RunSuspended" } : { type: "RunResumed" })
      return answer({ ok: true, message: `Run ${row.id} is marked as ${verb === "suspend" ? "suspended" : "resumed"}` })
    }
    if (verb === "signal" && args.node !== undefined && ledger.nodes.get(args.node)?.waiting === "Signal") {
      ledger.node({ type: "NodeSignalled", path: args.node, value: null }, JSON.stringify(args.value ?? nothing))
      return answer({ ok: true, message: `Node "${args.node}" got its value` })
    }
    answer({
      ok: false,
      message: `Cannot ${verb} run ${row.id} here: its workflow "${row.workflow}" is not registered`
    })
  })
