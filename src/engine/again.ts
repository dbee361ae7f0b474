/** Doing it again: retry (the same run from where it failed), resubmit (a new run, optionally with kept results), fork (a new run from a node). */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { Json } from "../run/Event.ts"
import { refusal } from "../run/command.ts"
import { baseOf, isHandler } from "../run/path.ts"
import { resetSet } from "../run/reset.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Engine } from "./Engine.ts"
import { type EngineClosed, InvalidInput, Refused, type RunExists, RunNotFound } from "./EngineError.ts"
import type { Ledger } from "./Ledger.ts"
import { encodeDefect, nothing } from "./NodeEnd.ts"
import { planOf } from "./plans.ts"
import { load, loadLedger } from "./recover.ts"
import { start, type StartOptions } from "./start.ts"
import { fromText, toText } from "./value.ts"

/** What a retry runs again. */
export interface RetryRequest {
  /** Paths of the nodes to retry; default every failure that nothing consumed. */
  readonly nodes?: ReadonlyArray<string>
  /** Also run chosen nodes again that succeeded. */
  readonly restartSuccessful?: boolean
  /** Another input for the run: everything that reads it runs again. */
  readonly input?: unknown
}

/** Which nodes a retry would run again and why; `keep` counts those that would stay. */
export interface RetryPlan {
  readonly reset: ReadonlyArray<{ readonly path: string; readonly why: string }>
  readonly keep: number
}

/** What a retry would do, without doing it. */
export const planRetry = (engine: Engine, id: string, request: RetryRequest): Effect.Effect<RetryPlan, Refused | RunNotFound> =>
  Effect.suspend((): Effect.Effect<RetryPlan, Refused | RunNotFound> => {
    const found = prepared(engine, id, "retry", request)
    if (Effect.isEffect(found)) return found
    const known = rows(engine, found.row)
    const unknown = unknownNodes(known, request)
    return unknown === undefined ? Effect.succeed(resets(found.workflow, known, request)) : refuse(id, "retry", unknown)
  })

/** Runs the failed part of an ended run again; the old attempts stay as history. */
export const retry = (
  engine: Engine,
  id: string,
  request: RetryRequest
): Effect.Effect<RetryPlan, Refused | RunNotFound | InvalidInput | JournalError> =>
  Effect.suspend((): Effect.Effect<RetryPlan, Refused | RunNotFound | InvalidInput | JournalError> => {
    const found = prepared(engine, id, "retry", request)
    if (Effect.isEffect(found)) return found
    const claimed = engine.host.journal.claim({ run: found.row.key })[0]
    if (claimed === undefined) return refuse(id, "retry", "another process is acting on it")
    return reopen(engine, loadLedger(engine, claimed), found.workflow, request)
  })

const reopen = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow,
  request: RetryRequest
): Effect.Effect<RetryPlan, Refused | InvalidInput | JournalError> => {
  const { id, key } = ledger.row
  const giveBack = <E>(failure: Effect.Effect<never, E>) => {
    engine.host.journal.release([key])
    return failure
  }
  // Asked again now that nobody else can act on the run.
  const refused = refusal("retry", ledger.row, details(request)) ?? unknownNodes(ledger.nodes, request)
  if (refused !== undefined) return giveBack(refuse(id, "retry", refused))
  const plan = resets(workflow, ledger.nodes, request)
  const input = encodeInput(workflow, request)
  if (input instanceof InvalidInput) return giveBack(Effect.fail(input))
  ledger.run({ type: "RunRetried", epoch: ledger.row.epoch + 1, reset: plan.reset.map(({ path }) => path), ...input })
  if (input.input !== undefined) ledger.texts.set(ledger.row.inputSeq, JSON.stringify(input.input))
  const live = load(engine, ledger, workflow)
  if (typeof live === "string") return giveBack(refuse(id, "retry", live))
  engine.execute(live)
  return Effect.succeed(plan)
}

const encodeInput = (workflow: AnyWorkflow, request: RetryRequest): { readonly input?: Json } | InvalidInput => {
  if (!("input" in request)) return {}
  try {
    return { input: JSON.parse(toText(workflow.input, request.input)) }
  } catch (error) {
    const message = `The input of workflow "${workflow.name}" does not match its schema: ${encodeDefect(error).message}`
    return new InvalidInput({ workflow: workflow.name, message })
  }
}

/** How to resubmit: with the same input or another one; `memoized` keeps the results of nodes that succeeded. */
export interface ResubmitRequest extends StartOptions {
  readonly memoized?: boolean
  readonly input?: unknown
}

/** Starts a new run of the same definition. */
export const resubmit = (
  engine: Engine,
  id: string,
  request: ResubmitRequest
): Effect.Effect<RunRow, Refused | RunNotFound | InvalidInput | RunExists | EngineClosed | JournalError> =>
  Effect.suspend((): Effect.Effect<RunRow, Refused | RunNotFound | InvalidInput | RunExists | EngineClosed | JournalError> => {
    const found = prepared(engine, id, "resubmit")
    if (Effect.isEffect(found)) return found
    const reset = request.memoized === true ? resets(found.workflow, rows(engine, found.row), request) : undefined
    return copy(engine, found.row, found.workflow, request, "resubmit", reset)
  })

/** Starts a new run that keeps every result except those of a node and of what comes after it. */
export const fork = (
  engine: Engine,
  id: string,
  node: string,
  request: ResubmitRequest
): Effect.Effect<RunRow, Refused | RunNotFound | InvalidInput | RunExists | EngineClosed | JournalError> =>
  Effect.suspend((): Effect.Effect<RunRow, Refused | RunNotFound | InvalidInput | RunExists | EngineClosed | JournalError> => {
    const found = prepared(engine, id, "fork")
    if (Effect.isEffect(found)) return found
    const known = rows(engine, found.row)
    if (!known.has(node)) return refuse(id, "fork", `it has no node "${node}" that began; its nodes are ${[...known.keys()].slice(0, 20).join(", ")}`)
    const reset = resets(found.workflow, known, { ...request, nodes: [node], restartSuccessful: true })
    return copy(engine, found.row, found.workflow, request, "fork", reset)
  })

const copy = (
  engine: Engine,
  row: RunRow,
  workflow: AnyWorkflow,
  request: ResubmitRequest,
  how: "resubmit" | "fork",
  reset: RetryPlan | undefined
): Effect.Effect<RunRow, InvalidInput | RunExists | EngineClosed | JournalError> => {
  const source = loadLedger(engine, row)
  const input = "input" in request ? request.input : fromText(workflow.input, source.texts.get(row.inputSeq) ?? nothing)
  const prepare = (ledger: Ledger): void => {
    if (reset !== undefined) keepResults(source, ledger, new Set(reset.reset.map(({ path }) => path)))
  }
  return start(engine, workflow, input, { priority: row.priority, labels: row.labels, ...request }, { origin: { run: row.id, how }, prepare })
}

/** Copies the results that stay valid; nodes of earlier attempts of a composite are left behind. */
const keepResults = (source: Ledger, target: Ledger, reset: ReadonlySet<string>): void => {
  for (const node of source.nodes.values()) {
    if (node.phase !== "Succeeded" || reset.has(node.path) || isHandler(node.path) || !isCurrent(source, node.path)) continue
    const path = baseOf(node.path)
    const text = source.resultText(node)
    target.node({ type: "NodeFinished", path, kind: node.kind, ending: { phase: "Succeeded" }, from: source.row.id }, text)
    target.texts.set(target.nodes.get(path)!.resultSeq, text)
  }
}

/** Whether a path lies in the last attempt of every composite above it. */
const isCurrent = (ledger: Ledger, path: string): boolean => {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const above = path.slice(0, slash)
    const mark = /#(\d+)$/.exec(above)
    const row = ledger.nodes.get(above.replace(/#\d+$/, ""))
    if (row !== undefined && Number(mark?.[1] ?? 1) !== row.base + Math.max(row.attempt, 1)) return false
  }
  return true
}

const rows = (engine: Engine, row: RunRow): ReadonlyMap<string, NodeRow> =>
  new Map(engine.host.journal.nodes(row.key).map((node) => [node.path, node]))

const resets = (workflow: AnyWorkflow, nodes: ReadonlyMap<string, NodeRow>, request: RetryRequest): RetryPlan => {
  const chosen = request.nodes === undefined ? undefined : new Set(request.nodes)
  return resetSet({
    plan: planOf(workflow),
    nodes,
    ...(chosen === undefined ? {} : { select: (path: string) => chosen.has(path) }),
    restartSuccessful: request.restartSuccessful === true,
    changedInput: "input" in request
  })
}

type Found = { readonly row: RunRow; readonly workflow: AnyWorkflow }

const unknownNodes = (known: ReadonlyMap<string, NodeRow>, { nodes = [] }: RetryRequest): string | undefined => {
  const unknown = nodes.filter((path) => !known.has(path))
  if (unknown.length === 0) return undefined
  return `it has no node ${unknown.map((path) => `"${path}"`).join(", ")} that began; its nodes are ${[...known.keys()].slice(0, 20).join(", ")}`
}

const details = (request: RetryRequest) => ({ restartSuccessful: request.restartSuccessful === true, selected: request.nodes !== undefined })

const prepared = (
  engine: Engine,
  id: string,
  verb: "retry" | "resubmit" | "fork",
  request: RetryRequest = {}
): Found | Effect.Effect<never, Refused | RunNotFound> => {
  const row = engine.host.journal.findRun(id)
  if (row === undefined) return Effect.fail(RunNotFound.of(id))
  const workflow = engine.workflows.get(row.workflow)
  if (workflow === undefined) return refuse(id, verb, `its workflow "${row.workflow}" is not registered here: pass it to open({ workflows })`)
  const refused = verb === "retry" ? refusal("retry", row, details(request)) : undefined
  return refused === undefined ? { row, workflow } : refuse(id, verb, refused)
}

const refuse = (run: string, verb: string, why: string): Effect.Effect<never, Refused> =>
  Effect.fail(new Refused({ run, verb, message: why.startsWith("Cannot") ? why : `Cannot ${verb} run ${run}: ${why}` }))
