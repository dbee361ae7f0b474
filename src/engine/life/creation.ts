/** The first append of a run: its row, its plan when the file does not have it yet, its first event. */
import type * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { Write } from "../../journal/Journal.ts"
import type { Actor } from "../../run/actor.ts"
import type { Event, Origin } from "../../run/Event.ts"
import type { AnyWorkflow, KeptDefinition } from "../../workflow/Definition.ts"
import { byOf } from "../actor.ts"
import type { Engine } from "../Engine.ts"
import type { LiveRun } from "../Live.ts"
import { requestOf } from "../permits/permits.ts"
import { runPermits } from "../permits/runPermits.ts"
import { planOf, planText } from "./plans.ts"
import type { Tracing } from "./tracing.ts"

/** What else a run is created with: where it came from and what it need not do again. */
export interface Seed {
  readonly origin?: Origin
  /** Who starts it; `null` where no one does: a node, or a schedule. Default whoever asks. */
  readonly by?: Actor | null
  /** The trace that it belongs to. */
  readonly tracing?: Tracing
  /** What is done once the run is stored, before it begins. */
  readonly prepare?: (live: LiveRun) => Effect.Effect<void, JournalError>
  /** What is recorded of the run before it begins, in the append that creates it. */
  readonly first?: (live: LiveRun) => ReadonlyArray<Write>
  /** Artifacts of other runs that it may come to read: from its creation on they are kept for it. */
  readonly reads?: ReadonlyArray<string>
  /**
   * What is stored with the run of this id, or not at all; then the run must be a new one, whatever run has its id, or
   * one that start policies make of this start.
   */
  readonly with?: (id: string) => Effect.Effect<ReadonlyArray<Write>, JournalError>
  /** What that is, and the cells of start policies. */
  readonly writes?: ReadonlyArray<Write>
}

/** The writes that create a run; `text` is its encoded input. */
export const creation = (
  engine: Engine,
  live: LiveRun,
  workflow: AnyWorkflow,
  text: string,
  seed: Seed
): ReadonlyArray<Write> => {
  const { row } = live.ledger
  const { createdAt: at, digest, key: run, labels, priority } = row
  const { kept } = workflow
  const origin = seed.origin === undefined ? {} : { origin: seed.origin }
  const rule = live.ledger.rule === undefined ? {} : { rule: live.ledger.rule }
  const suspended = row.suspended ? { suspended: true } : {}
  const type = { type: "RunCreated", workflow: workflow.name }
  const how = { ...origin, ...suspended, ...traced(live.ledger.tracing), ...rule, ...byOf(seed.by ?? undefined) }
  const head = JSON.stringify({ ...type, digest, priority, labels, ...whatItIs(kept), ...how })
  const data = `${head.slice(0, -1)},"input":${text}}`
  const event = { kind: "event", row: { run, seq: 1, at, type: "RunCreated", path: null, data } } as const
  const create = { kind: "create", row } as const
  const reads = (seed.reads ?? []).map((artifact) => ({ kind: "reader", artifact, run }) as const)
  const readers: ReadonlyArray<Write> = [
    ...reads,
    ...live.ledger.readersOf(text),
    ...lineOf(live),
    ...seed.writes ?? [],
    ...seed.first?.(live) ?? []
  ]
  if (storedPlans(engine).has(digest)) return [create, event, ...readers]
  storedPlans(engine).add(digest)
  return [
    create,
    planWrite(workflow),
    ...kept === undefined ? [] : [{ kind: "definition", digest: kept.digest, text: kept.text } as const],
    event,
    ...readers
  ]
}

/** The write of the plan of a workflow. */
export const planWrite = (workflow: AnyWorkflow): Extract<Write, { readonly kind: "plan" }> => {
  const plan = planOf(workflow)
  return { kind: "plan", digest: plan.digest, workflow: workflow.name, json: planText(plan) }
}

/** A run has its place in the line of its key from its creation on. */
const lineOf = (live: LiveRun): ReadonlyArray<Write> => {
  const permits = live.ledger.rule?.line === undefined ? undefined : runPermits(live)
  if (permits === undefined || "phase" in permits) return []
  return [{ kind: "request", row: requestOf(live.root, permits), at: live.ledger.row.createdAt }]
}

const traced = (tracing: Tracing | undefined) => tracing === undefined ? {} : { trace: tracing.trace }

/** What `RunCreated` says of a run whose definition is kept. */
export const whatItIs = (
  kept: KeptDefinition | undefined
): Pick<Extract<Event, { readonly type: "RunCreated" }>, "definition" | "kind"> =>
  kept === undefined ? {} : { kind: kept.kind, definition: kept.digest }

/** Whether the plan with this digest is stored, or about to be. */
export const isPlanStored = (engine: Engine, digest: string): boolean => storedPlans(engine).has(digest)

const stored = new WeakMap<Engine, Set<string>>()

const storedPlans = (engine: Engine): Set<string> => {
  const known = stored.get(engine) ?? new Set<string>()
  stored.set(engine, known)
  return known
}

/** An append was refused that a plan was stored with. */
export const unstored = (engine: Engine, digest: string): void => {
  storedPlans(engine).delete(digest)
}
