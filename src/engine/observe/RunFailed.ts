/** The error a caller sees when a run or child node did not succeed and its failure is not a declared, typed one. */
import * as Schema from "effect/Schema"
import type { NodeEnd } from "../node/NodeEnd.ts"

/** A run (or a child node a body started) did not succeed; `reason` tells why in one word, `node` where. */
export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", {
  run: Schema.String,
  node: Schema.String,
  phase: Schema.String,
  reason: Schema.String,
  message: Schema.String
}) {
  /** Builds one from an ending. */
  static of(path: string, end: NodeEnd, run = ""): RunFailed {
    const reason = end.reason ?? end.phase
    return new RunFailed({ run, node: end.cause ?? path, phase: end.phase, reason, message: end.message ?? reason })
  }
}
