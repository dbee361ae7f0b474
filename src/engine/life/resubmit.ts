/** A new run of the same definition: resubmit (optionally with kept results) and fork (from a node). */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { labelsOfNext } from "../../run/command.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Engine } from "../Engine.ts"
import type { EngineClosed, InvalidInput, Refused, RunExists, RunNotFound } from "../EngineError.ts"
import { type Given, keepResults } from "./keep.ts"
import type { Ledger } from "../Ledger.ts"
import { nothing } from "../node/NodeEnd.ts"
import { loadLedger } from "./loadLedger.ts"
import { handlesIn } from "../../run/handles.ts"
import { type Found, prepared, refuse, resets, type RetryPlan, rows } from "./resets.ts"
import { start, type StartOptions } from "./start.ts"
import { fromText } from "../node/value.ts"
import { admitNamed, admitOne, anything, defined, flag, listOf, text } from "../../workflow/admit.ts"
import type { InvalidValue } from "../../workflow/values.ts"
import { atDoor } from "../door.ts"
import { demandId, startRules } from "./startOptions.ts"

/** How to resubmit: with the same input or another one; `memoized` keeps the results of nodes that succeeded. */
export interface ResubmitRequest extends Omit<StartOptions, "policy" | "signal"> {
  /** Whether nodes that succeeded keep their results; default false: all of it runs again. */
  readonly memoized?: boolean
  /** With `memoized`: paths of nodes that run again although they succeeded. */
  readonly also?: ReadonlyArray<string>
  /** Another input; default that of the run. */
  readonly input?: unknown
  /** With `memoized`: what succeeded with the former input stays, as in Argo. Default false. */
  readonly keepReaders?: boolean
  /** Another definition than that of the run, of the same name; default the one it was started with. */
  readonly workflow?: { readonly _tag: "Workflow" }
}

/** What can go wrong with it. */
type ResubmitError = Refused | RunNotFound | InvalidInput | RunExists | EngineClosed | JournalError | InvalidValue

const admitted = (engine: Engine, place: string, given: ResubmitRequest): ResubmitRequest => {
  const own = { memoized: flag, also: listOf(text), input: anything, keepReaders: flag }
  const { policy: _, signal: __, ...ofStart } = startRules(engine.host.limits)
  const rules = { ...ofStart, ...own, workflow: defined("Workflow") }
  const request = admitNamed<ResubmitRequest>(place, given, rules)
  demandId(request.id)
  return request
}

/** Starts a new run of the same definition. */
export const resubmit = (
  engine: Engine,
  id: string,
  given: ResubmitRequest
): Effect.Effect<RunRow, ResubmitError> =>
  atDoor(
    (): Effect.Effect<RunRow, ResubmitError> => {
      const request = admitted(engine, "the options of resubmit", given)
      return Effect.gen(function* () {
        const known = yield* prepared(engine, id, "resubmit")
        const found = redefined(engine, known, request)
        if (typeof found === "string") return yield* refuse(id, "resubmit", found)
        const reset = Effect.flatMap(rows(engine, found.row), (known) => resets(engine, found, known, request))
        return yield* copy(engine, found, request, "resubmit", request.memoized === true ? reset : undefined)
      })
    }
  )

/** Starts a new run that keeps every result except those of a node and of what comes after it. */
export const fork = (
  engine: Engine,
  id: string,
  node: string,
  given: ResubmitRequest
): Effect.Effect<RunRow, ResubmitError> =>
  atDoor(
    (): Effect.Effect<RunRow, ResubmitError> => {
      admitOne("the node from which a run is forked", node, text)
      const request = admitted(engine, "the options of fork", given)
      return Effect.gen(function* () {
        const found = yield* prepared(engine, id, "fork")
        return yield* copy(engine, found, request, "fork", yield* forkResets(engine, found, node, request))
      })
    }
  )

/** What a fork does again. */
const forkResets = (
  engine: Engine,
  found: Found,
  node: string,
  request: ResubmitRequest
): Effect.Effect<Effect.Effect<RetryPlan, JournalError>, Refused | JournalError> =>
  Effect.gen(function* () {
    const known = yield* rows(engine, found.row)
    if (known.has(node)) {
      return resets(engine, found, known, { ...request, nodes: [node], restartSuccessful: true })
    }
    const some = [...known.keys()].slice(0, 20).join(", ")
    const { id } = found.row
    return yield* refuse(id, "fork", `it has no node "${node}" that began; its nodes are ${some}`)
  })

/** What `resubmit`, or `fork` at a node, would do again, before anything is started. */
export const planCopy = (
  engine: Engine,
  id: string,
  given: ResubmitRequest,
  node?: string
): Effect.Effect<RetryPlan, Refused | RunNotFound | JournalError | EngineClosed | InvalidValue> =>
  atDoor(
    (): Effect.Effect<RetryPlan, Refused | RunNotFound | JournalError | EngineClosed | InvalidValue> => {
      if (node !== undefined) admitOne("the node from which a run is forked", node, text)
      const request = admitted(engine, "the options of the plan", given)
      return Effect.gen(function* () {
        const found = yield* prepared(engine, id, node === undefined ? "resubmit" : "fork")
        if (node !== undefined) return yield* yield* forkResets(engine, found, node, request)
        const known = yield* rows(engine, found.row)
        if (request.memoized === true) return yield* resets(engine, found, known, request)
        return { reset: [...known.keys()].map((path) => ({ path, why: "nothing is kept" })), keep: 0 }
      })
    }
  )

/** What nodes were given, by the number of the event that says so. */
const inputsOf = (
  { host: { journal } }: Engine,
  { key }: RunRow
): Effect.Effect<ReadonlyMap<number, Given>, JournalError> =>
  Effect.map(
    journal.reads.events(key, 0),
    (events) =>
      new Map(events.flatMap(({ event, seq }) =>
        "path" in event && ("input" in event || "shows" in event) ? [[seq, givenBy(event)] as const] : []
      ))
  )

const givenBy = ({ input, shows }: Given): Given => ({
  ...(input === undefined ? {} : { input }),
  ...(shows === undefined ? {} : { shows })
})

/** The run with the definition that is asked for, or why that cannot be. */
const redefined = (engine: Engine, known: Found, { memoized, workflow }: ResubmitRequest): Found | string => {
  // Results are kept under the names they have; a run that keeps none begins with those of today.
  const today = memoized === true || known.row.definition !== null
    ? undefined
    : engine.workflows.get(known.row.workflow)
  const asked = workflow as AnyWorkflow | undefined ?? today
  if (asked === undefined || asked === known.workflow) return known
  if (asked.name !== known.row.workflow) {
    return `it is a run of "${known.row.workflow}", and the definition that was given is that of "${asked.name}"`
  }
  const isOther = (asked.kept ?? known.workflow.kept) !== undefined &&
    asked.kept?.digest !== known.workflow.kept?.digest
  if (memoized === true && isOther) return "results of one definition are not kept under another: leave memoized out"
  return { row: known.row, workflow: asked }
}

/** What is done again is asked only when the new run is stored: from then on nothing is collected that it keeps. */
const copy = (
  engine: Engine,
  { row, workflow }: Found,
  request: ResubmitRequest,
  how: "resubmit" | "fork",
  reset: Effect.Effect<RetryPlan, JournalError> | undefined
): Effect.Effect<RunRow, ResubmitError> =>
  Effect.gen(function* () {
    const source = yield* loadLedger(engine, row)
    if (typeof source === "string") return yield* refuse(row.id, how, source)
    const input = "input" in request
      ? request.input
      : fromText(workflow.input, source.texts.get(row.inputSeq) ?? nothing)
    const kept = reset === undefined ? {} : {
      reads: [...source.texts.values()].flatMap(handlesIn),
      prepare: ({ ledger }: { readonly ledger: Ledger }) => keep(engine, source, ledger, reset)
    }
    const labels = labelsOfNext(request.labels ?? row.labels)
    const { also: _, input: __, keepReaders: ___, memoized: ____, workflow: _____, ...ofStart } = request
    const options = { priority: row.priority, ...ofStart, labels }
    return yield* start(engine, workflow, input, options, { origin: source.origin(how), ...kept })
  })

const keep = (
  engine: Engine,
  source: Ledger,
  target: Ledger,
  reset: Effect.Effect<RetryPlan, JournalError>
): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const inputs = yield* inputsOf(engine, source.row)
    const plan = yield* reset
    keepResults(source, inputs, target, new Set(plan.reset.map(({ path }) => path)))
  })
