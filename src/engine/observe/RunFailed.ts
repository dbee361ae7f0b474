/** The error a caller sees when a run or child node did not succeed and its failure is not a declared, typed one. */
import * as Schema from "effect/Schema"
import { withOrigin } from "../../run/thrown.ts"
import type { NodeEnd } from "../node/NodeEnd.ts"

/** What a caller learns of an ending. */
type Told = Pick<NodeEnd, "cause" | "error" | "message" | "phase" | "reason">

/**
 * A run (or a child node a body started) did not succeed; `reason` tells why in one word, `node` where. `cause` is what
 * the body threw, with its own causes (a typed error of the node as itself), and `stack` is where.
 */
export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", {
  run: Schema.String,
  node: Schema.String,
  phase: Schema.String,
  reason: Schema.String,
  message: Schema.String
}) {
  /** Builds one from an ending; `raised` is the typed error of the node, where it is known. */
  static of(path: string, end: Told, run = "", raised?: unknown): RunFailed {
    const reason = end.reason ?? end.phase
    const message = end.message ?? (path === "" && run !== "" ? `Run ${run} ended ${end.phase}` : reason)
    const failed = new RunFailed({ run, node: end.cause ?? path, phase: end.phase, reason, message })
    if (end.error === undefined) return failed
    const frames = (end.error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
    const stack = frames.length === 0 ? undefined : [`RunFailed: ${message}`, ...frames].join("\n")
    const told = withOrigin(failed, {
      tag: "RunFailed",
      message,
      cause: end.error,
      ...(stack === undefined ? {} : { stack })
    })
    if (raised === undefined) return told
    return Object.defineProperty(told, "cause", {
      value: raised,
      configurable: true,
      writable: true,
      enumerable: false
    })
  }
}
