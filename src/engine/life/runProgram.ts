/**
 * The program of a whole run: main graph → exit handler → the run's ending, recorded last and in one append.
 * `stop` is a signal into the main graph, so the exit handler still
 * runs; `terminate` interrupts this very fiber, so it does not.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { aftermath, hook, isPlain, type Restore } from "./aftermath.ts"
import { stopAfter } from "../node/inTime.ts"
import { closeNodes } from "./closing.ts"
import { onceDue } from "./due.ts"
import { cutChildRuns, endChildRuns, endOrphan } from "../runs/endChildRuns.ts"
import { mainEnd } from "./mainEnd.ts"
import { endChildren } from "../node/children.ts"
import { runWorkflow } from "../flow/runWorkflow.ts"
import type { LiveRun } from "../Live.ts"
import { ended, type NodeEnd, toEnding } from "../node/NodeEnd.ts"
import type { PermitFailure } from "../permits/permits.ts"

/**
 * Runs a run from wherever its journal stands to its recorded end; never fails. To be run by a fiber that is not
 * interruptible, so that nothing keeps it from that.
 */
export const runProgram = (live: LiveRun): Effect.Effect<NodeEnd> =>
  Effect.matchCauseEffect(Effect.interruptible(onceDue(live, begun(live))), {
    onSuccess: (end) => followed(live, Exit.succeed(end)),
    onFailure: (cause) => followed(live, Exit.failCause(cause))
  })

const restore: Restore = Effect.interruptible

const followed = (live: LiveRun, exit: Exit.Exit<NodeEnd, PermitFailure>): Effect.Effect<NodeEnd> => {
  const main = asAsked(live, mainEnd(live, exit))
  live.mainEnd = main
  if (isAll(live, main)) return finish(live, main, restore)
  return Effect.gen(function* () {
    if (live.root.cancelled === undefined) yield* Effect.exit(restore(endChildRuns(live)))
    if (live.root.cancelled !== undefined) yield* cutChildRuns(live)
    const isOver = live.root.cancelled === undefined && main.next === undefined
    const end = isOver ? yield* aftermath(live, main, restore) : main
    yield* endChildren(live.root)
    return yield* finish(live, end, restore)
  })
}

/** Whether nothing belongs to the run but its main part: it has started no run, nothing follows its end. */
const isAll = (live: LiveRun, main: NodeEnd): boolean =>
  main.next === undefined && live.root.cancelled === undefined && !live.ledger.startsRuns &&
  live.root.children.size === 0 && isPlain(live, main)

const begun = (live: LiveRun): Effect.Effect<NodeEnd> =>
  Effect.suspend(() => {
    live.waitsUntil = undefined
    live.ledger.run({ type: "RunStarted", owner: live.host.journal.process })
    hook(live, "started", undefined)
    endOrphan(live)
    return timed(live)
  })

const timed = (live: LiveRun): Effect.Effect<NodeEnd> => {
  const graph = runWorkflow(live.root, live.plan, live.input, "", 1)
  const { timeout } = live.plan.workflow
  if (timeout === Infinity) return graph
  const left = Math.min(timeout, Math.max(0, live.ledger.row.startedAt + timeout - live.host.now()))
  return stopAfter(live.root, graph, left)
}

/** A stop that was accepted is how the run ends, also when all of its nodes had succeeded by then. */
const asAsked = (live: LiveRun, end: NodeEnd): NodeEnd => {
  const { stopping } = live.ledger.row
  if (stopping === null || end.phase !== "Succeeded") return end
  const reason = stopping === "stop" ? "Stopped" : "Terminated"
  return ended("Failed", reason, stopping === "undo" ? "What it did was undone" : `${reason} as it was about to end`)
}

/** Why somebody asked for the end stays readable after it. */
const withRequest = (live: LiveRun, end: NodeEnd): NodeEnd => {
  const { message, stopping } = live.ledger.row
  if (stopping === null || message === null || end.phase === "Succeeded") return end
  return { ...end, message: `${end.message ?? end.phase}: ${message}` }
}

/**
 * The last append of a run's epoch; nothing follows it, and whoever waits is told only once it is durable. Whether
 * somebody asked for another end is looked at in the same instant.
 */
const finish = (live: LiveRun, end: NodeEnd, restore: Restore): Effect.Effect<NodeEnd> => {
  if (end.next === undefined) return finishedAs(live, end, restore, "")
  return Effect.flatMap(live.host.runs().freeLink(live.ledger.row.id), (link) => finishedAs(live, end, restore, link))
}

const finishedAs = (live: LiveRun, end: NodeEnd, restore: Restore, link: string): Effect.Effect<NodeEnd> =>
  Effect.callback((resume) => {
    if (live.abandoned) return resume(Effect.succeed(end))
    const last = withRequest(live, asAsked(live, end))
    // It does not go on after all, so what follows its end is due.
    if (end.next !== last.next) {
      return resume(Effect.flatMap(aftermath(live, last, restore), (late) => finish(live, late, restore)))
    }
    closeNodes(live, last)
    if (last.next !== undefined) return live.host.runs().goOn(live, last, link, () => resume(Effect.succeed(last)))
    live.ledger.run({ type: "RunFinished", ending: toEnding(last) }, () => resume(Effect.succeed(last)), last.text)
  })
