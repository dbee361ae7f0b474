/**
 * The one primitive: a node's program. Every node, of any kind, begins and ends here and nowhere else.
 *
 * begin (recorded, durable before any work) → attempts → end (recorded in the finalizer, whatever happened).
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import type { NodeEvent } from "../../run/Event.ts"
import { isTerminal } from "../../run/Phase.ts"
import { boundOf } from "../../run/retry.ts"
import type { NodeRow } from "../../run/State.ts"
import { attempts, resume } from "./attempts.ts"
import { fromCause, imposed } from "./interrupted.ts"
import { savedWrites } from "../artifacts/saved.ts"
import { closeLeftovers } from "./leftovers.ts"
import { ended, errored, isMismatch, type NodeEnd, toEnding } from "./NodeEnd.ts"
import {
  admitted,
  ask,
  isAdmitted,
  type PermitFailure,
  permitsOf,
  recordBegin,
  releaseWrites
} from "../permits/permits.ts"
import type { Reuse } from "./Reusable.ts"
import { rememberedWrites, unlessComputed, unlessKnown } from "./reuse.ts"
import { consume, recalled, unplaceable } from "../pools/placed.ts"
import { recordable, refusedInput } from "./recordable.ts"
import type { LiveNode, NodeSpec, Work } from "../Live.ts"

/** Told once when a node has ended, before anything follows. */
export type Told = (live: LiveNode, end: NodeEnd) => void

/**
 * Runs a node from wherever the journal says it stands; never fails, and ends only after its ending is recorded. To be
 * run by a fiber that is not interruptible, so that nothing keeps it from its end.
 */
export const program = (live: LiveNode, spec: NodeSpec, told: Told): Effect.Effect<void> => {
  const own = Effect.interruptible(main(live, spec))
  const work = spec.on === undefined ? own : Effect.onExit(own, () => recalled(live, spec))
  return Effect.matchCause(work, new Finish(live, spec, told))
}

/**
 * The only way out of a node. It tells of the end itself: an observer of the fiber would keep the node in V8's old
 * generation for long after.
 */
class Finish {
  readonly #live: LiveNode
  readonly #spec: NodeSpec
  readonly #told: Told

  constructor(live: LiveNode, spec: NodeSpec, told: Told) {
    this.#live = live
    this.#spec = spec
    this.#told = told
  }

  onSuccess(end: NodeEnd): void {
    this.#end(() => end)
  }

  onFailure(cause: Cause.Cause<PermitFailure>): void {
    this.#end(() => fromCause(this.#live, cause))
  }

  #end(own: () => NodeEnd): void {
    const end = this.#finished(own)
    try {
      this.#told(this.#live, end)
    } catch (error) {
      // A fiber would keep a fault of the engine to itself.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  #finished(own: () => NodeEnd): NodeEnd {
    try {
      return finish(this.#live, this.#spec, own())
    } catch (error) {
      return this.#live.ended ?? errored("Defect", error, `Node "${this.#live.path}" broke the engine`)
    }
  }
}

const main = (live: LiveNode, spec: NodeSpec): Effect.Effect<NodeEnd, PermitFailure> =>
  Effect.suspend(() => {
    const beyond = boundExceeded(live, spec) ?? unplaceable(live, spec)
    if (beyond !== undefined) return Effect.succeed(beyond)
    const row = live.run.ledger.nodes.get(spec.path)
    const isGiven = spec.kind === "suspend" && row?.phase === "Running" && row.signalSeq > 0
    if (live.stopping !== undefined && !spec.composite && !isGiven) return Effect.succeed(imposed(live.stopping))
    const work = bind(live, spec, row)
    if (!("attempt" in work)) return Effect.succeed(work)
    work.heed?.(live)
    if (work.heed !== undefined && live.stopping !== undefined) return Effect.succeed(imposed(live.stopping))
    const refused = ask(live, spec, work)
    if (refused !== undefined) return Effect.succeed(refused)
    if (spec.reuse === undefined) return proceed(live, spec, work, row)
    return unlessKnown(live, spec, spec.reuse, work, row, () => proceed(live, spec, work, row))
  })

const proceed = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  row: NodeRow | undefined
): Effect.Effect<NodeEnd, PermitFailure> => {
  // A node that waits to be tried again takes what it needs when its time has come.
  const later = row?.waiting === "Retry" && (permitsOf(live, spec)?.hold ?? "running") === "running"
  if (later || isAdmitted(live, spec)) return begin(live, spec, work, row)
  return Effect.flatMap(admitted(live, spec, work.text), () => begin(live, spec, work, row))
}

const begin = (
  live: LiveNode,
  spec: NodeSpec,
  work: Work,
  row: NodeRow | undefined
): Effect.Effect<NodeEnd, PermitFailure> => {
  if (spec.reuse !== undefined) return beginReusable(live, spec, spec.reuse, work, row)
  return row?.phase === "Running" ? resume(live, spec, work, row) : firstAttempt(live, spec, work)
}

/** Its hook fires once it is known that the node begins. */
const beginReusable = (
  live: LiveNode,
  spec: NodeSpec,
  reuse: Reuse,
  work: Work,
  row: NodeRow | undefined
): Effect.Effect<NodeEnd, PermitFailure> => {
  const { fireHook } = live.run.host.kernel
  if (row?.phase === "Running") {
    fireHook(live, spec, "started", 1)
    return resume(live, spec, work, row)
  }
  const start = Effect.suspend(() => {
    fireHook(live, spec, "started", 1)
    return firstAttempt(live, spec, work)
  })
  return live.flight === undefined ? start : unlessComputed(live, reuse, work, start)
}

const firstAttempt = (live: LiveNode, spec: NodeSpec, work: Work): Effect.Effect<NodeEnd, PermitFailure> =>
  Effect.flatMap(recordBegin(live, spec, startOf(live, spec), work.text), () => attempts(live, spec, work, 1))

const startOf = ({ cache, run }: LiveNode, { kind, on, path, retry, shows, undo }: NodeSpec): NodeEvent => {
  if (on === undefined && undo === undefined && shows === undefined && cache === undefined) {
    const { attempts } = boundOf(retry)
    if (attempts === undefined) return { type: "NodeStarted", path, kind, input: null }
    return { type: "NodeStarted", path, kind, input: null, attempts }
  }
  const where = on === undefined ? undefined : { on }
  const undone = undo === undefined || !run.undoable.has(path) ? undefined : { undo: true } as const
  const plain = { type: "NodeStarted", path, kind, input: null, ...boundOf(retry), ...where, ...undone } as const
  const started = cache === undefined ? plain : { ...plain, cache }
  return shows === undefined ? started : { ...started, shows }
}

const bind = (live: LiveNode, spec: NodeSpec, row: NodeRow | undefined): Work | NodeEnd => {
  try {
    const recorded = row === undefined || isTerminal(row.phase) ? undefined : live.run.ledger.texts.get(row.inputSeq)
    const work = spec.bind(recorded)
    return refusedInput(live, work.text) ?? work
  } catch (error) {
    return errored(
      "BadInput",
      error,
      isMismatch(error) ? "The input does not match its schema" : `Its ${spec.makes ?? "input"} cannot be made`
    )
  }
}

const boundExceeded = (live: LiveNode, spec: NodeSpec): NodeEnd | undefined => {
  const { limits } = live.run.host
  if (spec.bounded !== true && live.depth > limits.depth) {
    return ended(
      "Error",
      "LimitExceeded",
      `It is nested ${live.depth} deep, the limit is ${limits.depth}: end the recursion or raise limits.depth`
    )
  }
  if (live.run.ledger.nodes.size >= limits.nodes) {
    return ended(
      "Error",
      "LimitExceeded",
      `Run "${live.run.ledger.row.id}" has ${limits.nodes} nodes, the limit: split the work over several runs or raise limits.nodes`
    )
  }
  return undefined
}

const finish = (live: LiveNode, spec: NodeSpec, own: NodeEnd): NodeEnd => {
  const end = recordEnd(live, spec, own)
  // Whoever gets the place begins at once: its beginning is recorded after this end.
  if (live.place?.holdsSlot === true) spec.slots?.release()
  return end
}

/** The end that was decided before its own. A wait that is cut off before it goes on heeds its value all the same. */
const decided = (live: LiveNode, spec: NodeSpec): NodeEnd | undefined => {
  if (live.decided === undefined && live.resumed && spec.kind === "suspend") {
    const work = bind(live, spec, live.run.ledger.nodes.get(spec.path))
    if ("attempt" in work) work.heed?.(live)
  }
  return live.decided?.()
}

const recordEnd = (live: LiveNode, spec: NodeSpec, own: NodeEnd): NodeEnd => {
  live.releaseSlot()
  const end = recordable(live, decided(live, spec) ?? own)
  live.ended = end
  if (live.run.abandoned) return end
  const { ledger } = live.run
  if (live.resumed) closeLeftovers(live, spec, end)
  const { kind, path } = spec
  const ending = toEnding(end)
  const releases = isFreed(live, spec) ? releaseWrites(live) : none
  const saved = savedWrites(live, end.phase === "Succeeded")
  const memo = rememberedWrites(live, spec, end)
  const finished = { type: "NodeFinished", path, ...end.origin?.told, ending } as const
  ledger.node(
    ledger.nodes.has(path) ? finished : { ...finished, kind },
    end.text,
    undefined,
    saved.length + memo.length === 0 ? releases : [...releases, ...saved, ...memo]
  )
  consume(live)
  return end
}

/** Whether its end frees permits; an earlier life of it may have held those of its result. */
const isFreed = (live: LiveNode, spec: NodeSpec): boolean => {
  const { hold } = permitsOf(live, spec) ?? {}
  return hold === undefined ? spec.reuse !== undefined : hold !== "exit"
}

const none: ReadonlyArray<Write> = []
