/** What retry, resubmit and fork share: finding the run, and asking `run/reset.ts` what is done again. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { refusal } from "../../run/command.ts"
import { resetSet } from "../../run/reset.ts"
import type { NodeRow, RunRow } from "../../run/State.ts"
import { undoneNodes } from "../../run/undoing.ts"
import { type Lost, producersNeeded } from "../../run/lost.ts"
import { lostArtifacts } from "../artifacts/lost.ts"
import { admitNamed, anything, flag, listOf, oneOf, text } from "../../workflow/admit.ts"
import { type CacheMode, cacheModes } from "../../run/cacheMode.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { definitionOf, standstill } from "./definitions.ts"
import type { Engine } from "../Engine.ts"
import { Refused, RunNotFound } from "../EngineError.ts"
import { planOf } from "./plans.ts"

/** What a retry runs again. */
export interface RetryRequest {
  /** Paths of the nodes to retry; default every failure that nothing consumed. */
  readonly nodes?: ReadonlyArray<string>
  /** Also run chosen nodes again that succeeded. */
  readonly restartSuccessful?: boolean
  /**
   * Paths of nodes that run again although they succeeded, besides those: what they held open has ended with the run.
   */
  readonly also?: ReadonlyArray<string>
  /** Another input for the run: everything that reads it runs again, unless `keepReaders` is true. */
  readonly input?: unknown
  /** What succeeded with the former input stays, as in Argo. Default false. */
  readonly keepReaders?: boolean
  /**
   * How results are reused from now on, as for `start`. Default: what is done again is computed again, and remembered
   * as the run says.
   */
  readonly cache?: CacheMode
}

/** The request, checked. Throws `InvalidValue`. */
export const admitRetry = (request: RetryRequest): RetryRequest =>
  admitNamed<RetryRequest>("the options of retry", request, {
    nodes: listOf(text),
    restartSuccessful: flag,
    also: listOf(text),
    input: anything,
    keepReaders: flag,
    cache: oneOf(cacheModes)
  })

/** Which nodes a retry would run again and why; `keep` counts those that would stay. */
export interface RetryPlan {
  /** The nodes that run again, each with why. */
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  /** How many nodes that have ended keep their results. */
  readonly keep: number
}

/** The node rows of a run by path. */
export const rows = (engine: Engine, row: RunRow): Effect.Effect<ReadonlyMap<string, NodeRow>, JournalError> =>
  Effect.map(engine.host.journal.reads.nodes(row.key), (nodes) => new Map(nodes.map((node) => [node.path, node])))

/**
 * What is done again: what the rules say, what is `wanted` for a reason of its own, and whoever saved an artifact that
 * what runs again reads and that is gone.
 */
export const resets = (
  engine: Engine,
  { row, workflow }: Found,
  nodes: ReadonlyMap<string, NodeRow>,
  request: RetryRequest,
  wanted: ReadonlyMap<string, string> = new Map()
): Effect.Effect<RetryPlan, JournalError> =>
  Effect.map(
    lostArtifacts(engine.host.journal.reads, row, nodes),
    (lost) => resetsOf(workflow, nodes, request, lost, wanted)
  )

const resetsOf = (
  workflow: AnyWorkflow,
  nodes: ReadonlyMap<string, NodeRow>,
  request: RetryRequest,
  lost: Lost,
  wanted: ReadonlyMap<string, string>
): RetryPlan => {
  const chosen = request.nodes === undefined ? undefined : new Set(request.nodes)
  const plan = planOf(workflow)
  const also = request.also?.map((path) => [path, "what it kept open ended with the run"] as const) ?? []
  const again = new Map<string, string>([
    ...also,
    ...wanted,
    ...undoneNodes(nodes).map((path) => [path, "it was undone"] as const)
  ])
  for (;;) {
    const result = resetSet({
      plan,
      nodes,
      again,
      ...(chosen === undefined ? {} : { select: (path: string) => chosen.has(path) }),
      restartSuccessful: request.restartSuccessful === true,
      changedInput: "input" in request && request.keepReaders !== true
    })
    const needed = producersNeeded(plan, nodes, new Set(result.reset.map(({ path }) => path)), lost)
    if (needed.size === 0) return result
    for (const path of needed) again.set(path, "an artifact it saved was deleted, and what runs again reads it")
  }
}

/** A run and its registered definition. */
export type Found = { readonly row: RunRow; readonly workflow: AnyWorkflow }

/** Why a choice of nodes makes no sense, or `undefined`. */
export const unknownNodes = (known: ReadonlyMap<string, NodeRow>, { nodes = [] }: RetryRequest): string | undefined => {
  const unknown = nodes.filter((path) => !known.has(path))
  if (unknown.length === 0) return undefined
  return `it has no node ${unknown.map((path) => `"${path}"`).join(", ")} that began; its nodes are ${
    [...known.keys()].slice(0, 20).join(", ")
  }`
}

/** What the rules about `retry` look at. */
export const details = (request: RetryRequest) => ({
  restartSuccessful: request.restartSuccessful === true,
  selected: request.nodes !== undefined
})

/** The run and its definition, or why it cannot be done again. */
export const prepared = (
  engine: Engine,
  id: string,
  verb: "retry" | "compensate" | "resubmit" | "fork",
  request: RetryRequest = {}
): Effect.Effect<Found, Refused | RunNotFound | JournalError> =>
  Effect.gen(function* () {
    const row = yield* engine.host.journal.reads.findRun(id)
    if (row === undefined) return yield* RunNotFound.of(id)
    const inPlace = verb === "retry" || verb === "compensate"
    const stands = inPlace ? yield* standstill(engine, row) : undefined
    if (stands !== undefined) return yield* refuse(id, verb, `Cannot ${verb} run ${id}${stands}`)
    const workflow = yield* definitionOf(engine, row)
    if (typeof workflow === "string") return yield* refuse(id, verb, workflow)
    const current = engine.live.get(row.key)?.ledger.row ?? row
    const refused = inPlace ? refusal(verb, current, details(request)) : undefined
    return refused === undefined ? { row, workflow } : yield* refuse(id, verb, refused)
  })

/** A refusal as a sentence. */
export const refuse = (run: string, verb: string, why: string): Effect.Effect<never, Refused> =>
  Effect.fail(new Refused({ run, verb, message: why.startsWith("Cannot") ? why : `Cannot ${verb} run ${run}: ${why}` }))
