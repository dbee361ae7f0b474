/**
 * Launches a node beneath its parent and, once it has ended, its hooks and its exit handler; only then is the parent told.
 * Children are root fibers held in the parent's set: whoever ends the parent ends them first.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import { hook as hookPath, item as itemPath, onExit as exitPath } from "../run/path.ts"
import type { HandlerDef, HookName } from "../workflow/Definition.ts"
import type { NodeRow } from "../run/State.ts"
import { handlerSpec } from "./handler.ts"
import type { Reason } from "../run/Phase.ts"
import { LiveNode } from "./LiveNode.ts"
import { errored, type NodeEnd } from "./NodeEnd.ts"
import type { NodeSpec } from "./NodeSpec.ts"
import { program } from "./program.ts"
import { recorded } from "./recorded.ts"

/** Told when a node and everything that belongs to it has ended. */
export type Done = (end: NodeEnd) => void

/** How a node is launched: with an attempt slot already taken for it, or only to be stopped at once. */
export interface LaunchOptions {
  readonly slot?: boolean
  readonly stopping?: Reason | undefined
}

/** Starts a node as a fiber of its own. */
export const launch = (parent: LiveNode, spec: NodeSpec, done: Done, options: LaunchOptions = {}): LiveNode => {
  const live = new LiveNode(parent.run, parent, spec.path, parent.handler || spec.handler, spec.composite)
  live.holdsSlot = options.slot === true
  if (!live.handler) live.stopping = options.stopping
  resumeHooks(live, spec)
  const known = recorded(live.run.ledger, spec)
  if (known !== undefined) {
    live.releaseSlot()
    after(live, spec, known, done)
    return live
  }
  live.resumed = live.run.ledger.nodes.get(spec.path)?.phase === "Running"
  parent.children.add(live)
  if (live.stopping === undefined) fireHook(live, spec, "started", 1)
  fork(live, program(live, spec), (exit) => {
    parent.children.delete(live)
    if (!live.run.abandoned) after(live, spec, endOf(live, exit), done)
  })
  return live
}

const fork = (live: LiveNode, effect: Effect.Effect<NodeEnd>, ended: (exit: Exit.Exit<NodeEnd>) => void): void => {
  const fiber = Effect.runForkWith(live.run.host.context)(effect)
  live.fiber = fiber
  if (live.cancelled !== undefined) fiber.interruptUnsafe()
  fiber.addObserver(ended)
}

const endOf = (live: LiveNode, exit: Exit.Exit<NodeEnd>): NodeEnd =>
  live.ended ?? errored("Defect", Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined, `Node "${live.path}" broke the engine`)

/** Fires a hook beside the node; its parent waits for it, its failure is recorded and otherwise ignored. */
export const fireHook = (live: LiveNode, spec: NodeSpec, name: HookName, attempt: number, end?: NodeEnd): void => {
  const def = spec.hooks[name]
  if (def === undefined || spec.handler || live.parent === undefined) return
  const path = hookAt(spec, name, attempt)
  if (live.hooks.has(path)) return
  live.hooks.add(path)
  follow(live, spec, def, path, "hook", end, () => settleFollower(live))
}

/** Hooks that were open when their process died go on, also when their node has ended since. */
const resumeHooks = (live: LiveNode, spec: NodeSpec): void => {
  const { nodes } = live.run.ledger
  const attempts = nodes.get(spec.path)?.attempt ?? 0
  for (let attempt = 1; attempt <= attempts && spec.hooks.retrying !== undefined; attempt++) {
    if (isOpen(nodes.get(hookAt(spec, "retrying", attempt)))) fireHook(live, spec, "retrying", attempt)
  }
  if (isOpen(nodes.get(hookAt(spec, "started", 1)))) fireHook(live, spec, "started", 1)
}

const isOpen = (row: NodeRow | undefined): boolean => row !== undefined && row.phase === "Running"

const hookAt = (spec: NodeSpec, name: HookName, attempt: number): string => {
  const path = hookPath(spec.path, name)
  return attempt === 1 ? path : itemPath(path, String(attempt))
}

const follow = (
  live: LiveNode,
  spec: NodeSpec,
  def: HandlerDef,
  path: string,
  kind: "exit" | "hook",
  end: NodeEnd | undefined,
  done: () => void
): void => {
  live.followers++
  launch(live.parent!, handlerSpec(live, spec, def, path, kind, end), done)
}

const settleFollower = (live: LiveNode): void => {
  live.followers--
  if (live.followers === 0) live.onFollowers?.()
}

/** After a node's end: hooks, then its exit handler, then the parent. Skipped, omitted and terminated nodes have no aftermath. */
const after = (live: LiveNode, spec: NodeSpec, end: NodeEnd, done: Done): void => {
  const completed = end.phase === "Succeeded" || end.phase === "Failed" || end.phase === "Error"
  const wanted = completed && !spec.handler && live.parent?.isCut === false
  if (wanted) fireHook(live, spec, end.phase === "Succeeded" ? "succeeded" : "failed", 1, end)
  if (wanted && spec.onExit !== undefined) {
    follow(live, spec, spec.onExit, exitPath(spec.path), "exit", end, () => settleFollower(live))
  }
  if (live.followers === 0) return done(end)
  live.onFollowers = () => done(end)
}

