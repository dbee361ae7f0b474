/**
 * What follows a node: hooks beside it and the exit handler after
 * it. They are children of the node's parent, which waits for them.
 */
import type { Event } from "../../run/Event.ts"
import { hook as hookPath, item as itemPath, onExit as exitPath } from "../../run/path.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { NodeRow } from "../../run/State.ts"
import type { HandlerDef, HookName } from "../../workflow/Definition.ts"
import { handlerSpec, isWanted } from "./handler.ts"
import type { LiveNode, NodeSpec } from "../Live.ts"
import type { NodeEnd } from "./NodeEnd.ts"
import { recordedFailures } from "./stepper.ts"

/** Fires a hook beside the node; its parent waits for it, its failure is recorded and otherwise ignored. */
export const fireHook = (live: LiveNode, spec: NodeSpec, name: HookName, attempt: number, end?: NodeEnd): void => {
  const def = spec.hooks[name]
  if (def === undefined || spec.handler || live.parent === undefined) return
  const path = hookAt(spec.path, name, attempt)
  if (!live.fires(path)) return
  follow(live, spec, def, path, "hook", end, name === "retrying" ? attempt : attemptOf(live, spec))
}

/** Hooks that had not ended when their process died go on, or begin, also when their node has ended since. */
export const resumeHooks = (live: LiveNode, spec: NodeSpec): void => {
  const { nodes } = live.run.ledger
  const row = nodes.get(spec.path)
  if (row !== undefined && row.phase !== "Pending" && spec.hooks.retrying !== undefined) resumeRetrying(live, spec)
  const isDue = row !== undefined && live.run.takenOver && mayOweHooks(live, row)
  if (spec.hooks.started !== undefined) {
    const hook = nodes.get(hookAt(spec.path, "started", 1))
    if (hook === undefined ? isDue : isOpen(hook)) fireHook(live, spec, "started", 1)
  }
  if (isDue) followAll(live, spec, undefined)
}

/** It began and ended before its process died, while a hook of its beginning may have waited for a place. */
const mayOweHooks = ({ run: { ledger } }: LiveNode, row: NodeRow): boolean =>
  isTerminal(row.phase) && row.attempt > 0 && row.epoch === ledger.row.epoch

const resumeRetrying = (live: LiveNode, spec: NodeSpec): void => {
  for (const { event } of recordedFailures(live, spec)) {
    if (event.type !== "AttemptFailed") continue
    const hook = live.run.ledger.nodes.get(hookAt(spec.path, "retrying", event.attempt))
    if (hook === undefined || !isTerminal(hook.phase)) {
      fireHook(live, spec, "retrying", event.attempt, toEnd(event))
    }
  }
}

const toEnd = ({ error, message, phase, reason }: Extract<Event, { readonly type: "AttemptFailed" }>): NodeEnd => ({
  phase,
  reason,
  message: message ?? error.message,
  error
})

/** One that waited for permits when its process died has them asked for again: nobody else gives them back. */
const isOpen = (row: NodeRow | undefined): boolean =>
  row !== undefined && (row.phase === "Running" || row.phase === "Pending" && row.waiting !== null)

/** Where a hook of a node stands that is fired for an attempt. */
export const hookAt = (node: string, name: HookName, attempt: number): string => {
  const path = hookPath(node, name)
  return attempt === 1 ? path : itemPath(path, String(attempt))
}

const follow = (
  live: LiveNode,
  spec: NodeSpec,
  def: HandlerDef,
  path: string,
  kind: "exit" | "hook",
  end: NodeEnd | undefined,
  attempt: number
): void => {
  if (!isWanted(live, spec, def, path, end, attempt)) return
  launchFollower(live, handlerSpec(live, spec, def, path, kind, end, attempt))
}

/** Launches what follows a node of an interpreter, each at most once. */
export const followAll = (live: LiveNode, spec: NodeSpec, end: NodeEnd | undefined): void => {
  if (spec.followers === undefined || live.parent === undefined) return
  const { nodes } = live.run.ledger
  for (const follower of spec.followers(end)) {
    if ((nodes.has(follower.path) || follower.when()) && live.fires(follower.path)) {
      launchFollower(live, follower.spec())
    }
  }
}

const launchFollower = (live: LiveNode, spec: NodeSpec): void => {
  live.followers++
  live.run.host.kernel.launch(live.parent!, spec, () => settleFollower(live))
}

const settleFollower = (live: LiveNode): void => {
  live.followers--
  if (live.followers === 0) live.onFollowers?.()
}

/** Runs the exit handler of a node that has ended. */
export const followExit = (live: LiveNode, spec: NodeSpec, def: HandlerDef, end: NodeEnd): void =>
  follow(live, spec, def, exitPath(spec.path), "exit", end, attemptOf(live, spec))

const attemptOf = (live: LiveNode, { path }: NodeSpec): number =>
  Math.max(1, live.run.ledger.nodes.get(path)?.attempt ?? 1)
