/** What commands do to a run that this process executes. Whether they make sense now is decided in `run/command.ts`. */
import { already, refusal, type Verb } from "../../run/command.ts"
import { byOf } from "../actor.ts"
import { type Answer, type CommandArgs, signalledBefore } from "./Answer.ts"
import { excess } from "../node/payload.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { isBefore } from "../../run/early.ts"
import { cutWork } from "../graph/undo.ts"
import { keepEarly, misfit } from "./early.ts"
import type { LiveRun } from "../Live.ts"

/** Acts on a live run; `done` is called once what it did is durable. */
export const control = (live: LiveRun, verb: Verb, args: CommandArgs, done: (answer: Answer) => void): void => {
  const { row } = live.ledger
  if (live.ledger.isOver) return done({ ok: false, message: live.ledger.lost!.message })
  const known = already(verb, row, args)
  if (known !== undefined) return live.host.journal.append([], settled(done, known))
  if (verb === "signal" && isSignalled(live, args)) return again(live, args, done)
  const node = live.ledger.nodes.get(args.node ?? "")
  const details = {
    path: args.node,
    node,
    mainPhase: live.mainEnd?.phase,
    compensate: undoes(live, args),
    mayWait: row.kind === "typed"
  }
  const refused = refusal(verb, row, details)
  if (refused !== undefined) return done({ ok: false, message: refused })
  act(live, verb, args, done)
}

/** Answers once everything recorded so far is durable. */
const settled = (done: (answer: Answer) => void, message: string) => (error: unknown): void =>
  done(error === undefined ? { ok: true, message } : { ok: false, message: errorWords(encodeThrown(error)) })

const act = (live: LiveRun, verb: Verb, args: CommandArgs, done: (answer: Answer) => void): void => {
  const { ledger } = live
  const { id } = ledger.row
  const after = (message: string) => settled(done, message)
  const by = byOf(args.by)
  const message = { ...args.message === undefined ? {} : { message: args.message }, ...by }
  switch (verb) {
    case "stop":
      ledger.run(
        { type: "RunStopping", mode: "stop", ...message },
        after(`Run ${id} is stopping; its exit handlers run`)
      )
      live.wake()
      return live.root.stop("Stopped")
    case "terminate":
      if (undoes(live, args)) {
        ledger.run(
          { type: "RunStopping", mode: "undo", ...message },
          after(`Run ${id} is terminating; what it did is undone first`)
        )
        live.wake()
        live.root.stop("Terminated")
        return cutWork(live.root, "Terminated")
      }
      ledger.run({ type: "RunStopping", mode: "terminate", ...message }, after(`Run ${id} is terminating`))
      return live.root.cancel("Terminated")
    case "suspend":
      return ledger.run(
        { type: "RunSuspended", ...by },
        after(`Run ${id} is suspended: running nodes go on, no new ones begin`)
      )
    case "resume":
      ledger.run({ type: "RunResumed", ...by }, after(`Run ${id} goes on`))
      return live.wake()
    case "signal":
      return signal(live, args, done)
    default:
      return done({ ok: false, message: `Cannot ${verb} run ${id} while it is ${ledger.row.phase}` })
  }
}

/** Manifests have nothing that undoes. */
const undoes = ({ ledger: { row } }: LiveRun, { compensate = false }: CommandArgs): boolean =>
  compensate && row.kind === "typed"

const signal = (live: LiveRun, args: CommandArgs, done: (answer: Answer) => void): void => {
  const { node: path = "", value = null } = args
  const row = live.ledger.nodes.get(path)
  if (isBefore(row)) return keepEarly(live, args, JSON.stringify(value), done)
  if (row === undefined || row.kind !== "suspend" || row.waiting === null) {
    return done({
      ok: false,
      message: `Node "${path}" of run ${live.ledger.row.id} is not waiting for a signal${waiting(live)}`
    })
  }
  const text = JSON.stringify(value)
  const wrong = excess(`value for node "${path}"`, text, live.host.limits.payload) ?? misfit(live, path, text)
  if (wrong !== undefined) return done({ ok: false, message: wrong })
  live.ledger.node({ type: "NodeSignalled", path, value: null, ...byOf(args.by) }, text, (error) => {
    if (error !== undefined) return done({ ok: false, message: error.message })
    done({ ok: true, message: `Node "${path}" got its value` })
  })
  // From here on nothing but this value can end the node, so it is told at once; writes are durable in order.
  live.ledger.texts.set(live.ledger.nodes.get(path)!.signalSeq, text)
  live.signals.get(path)?.wake(text)
}

const isSignalled = (live: LiveRun, { node = "" }: CommandArgs): boolean =>
  (live.ledger.nodes.get(node)?.signalSeq ?? 0) > 0

/** The same value again is what was asked for; another one can no longer be delivered. */
const again = (live: LiveRun, args: CommandArgs, done: (answer: Answer) => void): void => {
  const { ledger } = live
  const row = ledger.nodes.get(args.node ?? "")!
  const answer = signalledBefore(
    ledger.row.id,
    args,
    ledger.texts.get(row.signalSeq)
  )
  if (!answer.ok) return done(answer)
  live.host.journal.append([], settled(done, answer.message))
}

const waiting = (live: LiveRun): string => {
  const paths = [...live.ledger.nodes.values()].filter(({ kind, waiting }) => kind === "suspend" && waiting !== null)
    .map(({ path }) => path)
  return paths.length === 0 ? "" : `; waiting: ${paths.join(", ")}`
}
