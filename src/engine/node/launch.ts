/**
 * Launches a node beneath its parent and, once it has ended,
 * its hooks and its exit handler; only then is the parent told.
 * Children are root fibers held in the parent's set: whoever ends the parent ends them first.
 */
import * as Effect from "effect/Effect"
import { releaseTemps } from "../artifacts/releaseTemps.ts"
import { fireHook, followAll, followExit, resumeHooks } from "./followers.ts"
import { type Done, type LaunchOptions, LiveNode, type NodeSpec } from "../Live.ts"
import { isKept } from "./isKept.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { permitsOf } from "../permits/permits.ts"
import { program } from "./program.ts"
import { recorded } from "./recorded.ts"

/** Starts a node as a fiber of its own. */
export const launch = (parent: LiveNode, spec: NodeSpec, done: Done, options: LaunchOptions = {}): LiveNode => {
  const live = new LiveNode(parent.run, parent, spec.path, parent.handler || spec.handler, spec.composite)
  live.holdsSlot = options.slot === true
  if (!live.handler) live.stopping = options.stopping
  if (spec.undo !== undefined && !live.handler && !isKept(live)) live.run.undoable.set(spec.path, spec.undo)
  const isNew = !live.run.ledger.nodes.has(spec.path)
  if (!isNew || spec.hooks.started !== undefined) resumeHooks(live, spec)
  const known = isNew ? undefined : recorded(live.run.ledger, spec)
  if (known !== undefined) {
    live.releaseSlot()
    after(live, spec, known, done)
    return live
  }
  live.resumed = !isNew && live.run.ledger.nodes.get(spec.path)?.phase === "Running"
  parent.adopt(live)
  if (live.stopping === undefined) {
    // One whose result may be there already has perhaps nothing to begin.
    if (spec.reuse === undefined) fireHook(live, spec, "started", 1)
    followAll(live, spec, undefined)
  }
  live.spec = spec
  live.done = done
  const fiber = Effect.runForkWith(live.run.context)(program(live, spec, ended), { uninterruptible: true })
  if (hasEnded(live)) return live
  live.fiber = fiber
  if (live.cancelled !== undefined) fiber.interruptUnsafe()
  return live
}

const hasEnded = (live: LiveNode): boolean => live.spec === undefined

const ended = (live: LiveNode, end: NodeEnd): void => {
  const spec = live.spec!
  const done = live.done!
  live.close()
  live.parent!.dismiss(live)
  if (!live.run.abandoned) after(live, spec, end, done)
}

/**
 * After a node's end: hooks, then its exit handler, then the
 * parent. Skipped, omitted and terminated nodes have no aftermath.
 */
const after = (live: LiveNode, spec: NodeSpec, end: NodeEnd, done: Done): void => {
  spec.ended?.(live, end)
  const completed = end.phase === "Succeeded" || end.phase === "Failed" || end.phase === "Error"
  const wanted = completed && !spec.handler && live.parent?.isCancelled === false
  if (wanted) fireHook(live, spec, end.phase === "Succeeded" ? "succeeded" : "failed", 1, end)
  if (wanted) followAll(live, spec, end)
  if (wanted && spec.onExit !== undefined) followExit(live, spec, spec.onExit, end)
  if (live.followers === 0) return settle(live, spec, end, done)
  live.onFollowers = () => settle(live, spec, end, done)
}

/** Nothing that belongs to the node is open any more. */
const settle = (live: LiveNode, spec: NodeSpec, end: NodeEnd, done: Done): void => {
  releaseTemps(live)
  if (permitsOf(live, spec)?.hold === "exit") live.run.host.desk.release(live.run.ledger.row.key, spec.path)
  done(end)
}
