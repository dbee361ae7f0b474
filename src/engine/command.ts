/** Sends a command to a run wherever it is executed: here, in another process, or nowhere. */
import * as Effect from "effect/Effect"
import { already, refusal, type Verb } from "../run/command.ts"
import type { RunRow } from "../run/State.ts"
import { isTerminal } from "../run/Phase.ts"
import { abandon } from "./abandon.ts"
import { type Answer, type CommandArgs, control } from "./control.ts"
import type { Engine } from "./Engine.ts"
import { Refused, RunNotFound } from "./EngineError.ts"
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
  if (claimed === undefined) return remote(engine, row, verb, args)
  if (isTerminal(claimed.phase)) {
    journal.release([row.key])
    return Effect.succeed(ended(verb, claimed))
  }
  const taken = engine.workflows.has(row.workflow) ? takeOver(engine, claimed) : undefined
  return taken === undefined ? offline(engine, claimed, verb, args) : route(engine, claimed, verb, args)
}

const ended = (verb: Verb, row: RunRow): Answer => {
  const known = already(verb, row)
  return known === undefined
    ? { ok: false, message: refusal(verb, row) ?? `Run ${row.id} has ended` }
    : { ok: true, message: known }
}

/** The owner is another living process: it is asked through the file and woken; no polling. */
const remote = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const { journal } = engine.host
    const unwatch = journal.watch()
    const rest = engine.host.stayAlive()
    const sent = journal.send(row.key, verb, JSON.stringify(args))
    const finish = (answer: Effect.Effect<Answer>): void => {
      stop()
      resume(answer)
    }
    const look = (): void => {
      const answer = journal.command(sent)?.answer
      if (answer !== undefined && answer !== null) return finish(Effect.succeed(JSON.parse(answer)))
      if (engine.closed) finish(Effect.succeed({ ok: false, message: "The engine was closed before the answer came" }))
      else if (hasMoved(engine, row)) {
        // Withdrawn, so that no later owner acts on it once more.
        journal.append([{ kind: "answer", command: sent, answer: withdrawn }])
        finish(Effect.suspend(() => reroute(engine, row, verb, args)))
      }
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

const withdrawn = JSON.stringify({ ok: false, message: "Asked again elsewhere" })

/** Whether the run is no longer executed by the process that was asked: it ended, was taken over, or its process died. */
const hasMoved = (engine: Engine, row: RunRow): boolean => {
  const { journal } = engine.host
  return journal.getRun(row.key)?.owner !== row.owner || row.owner !== null && !journal.isAlive(row.owner)
}

/** The end may be seen before the answer that announced it. */
const isAskedFor = ({ reason }: RunRow, verb: Verb): boolean =>
  (verb === "stop" || verb === "terminate") && (reason === "Stopped" || reason === "Terminated")

const reroute = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> => {
  const now = engine.host.journal.getRun(row.key)
  if (now !== undefined && isAskedFor(now, verb)) {
    return Effect.succeed({ ok: true, message: `Run ${row.id} has ended (${now.reason})` })
  }
  return now === undefined
    ? Effect.succeed({ ok: false, message: `Run ${row.id} was deleted` })
    : route(engine, now, verb, args)
}

/** Nobody can execute the run (its definition is unknown here): it can still be stopped, suspended and resumed in the record. */
const offline = (engine: Engine, row: RunRow, verb: Verb, args: CommandArgs): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const release = (): void => {
      engine.host.journal.flush()
      if (!isTerminal(ledger.row.phase)) engine.host.journal.release([row.key])
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
