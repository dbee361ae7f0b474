/** What an engine does by itself: it answers commands of other processes and takes over runs that nobody executes. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { admitOne, defined } from "../../workflow/admit.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { forgetDeeds } from "../observe/audit.ts"
import type { Engine } from "../Engine.ts"
import { EngineClosed } from "../EngineError.ts"
import { command } from "../control/command.ts"
import { answerInbox } from "../control/inbox.ts"
import { planOf } from "./plans.ts"
import type { Pools } from "../Live.ts"
import { PoolWorker } from "../pools/PoolWorker.ts"
import { InvalidWorkflow } from "../../plan/Issue.ts"
import { holdRefused } from "./hold.ts"
import { recover } from "./recover.ts"

/** What a process does for others. */
export interface Attachment {
  /** Whether it takes over what nobody executes; default true. */
  readonly takeOver?: boolean | undefined
  /** The places it offers to pools. */
  readonly pools?: Pools | undefined
}

/** Lets the engine react to notices of its journal. */
export const attach = (engine: Engine, { pools, takeOver = true }: Attachment = {}): Engine => {
  engine.takesOver = takeOver
  const react = (reaction: Effect.Effect<void, JournalError>): void => engine.mailbox.post(engine.reacting(reaction))
  engine.onNotice = (notice) => {
    if (notice.type === "commands") react(answerInbox(engine))
    if (notice.type === "died" || notice.type === "freed") {
      react(Effect.suspend(() => takeOverAll(engine, [...engine.workflows.keys()])))
    }
    if (notice.type === "died") takeJobsOver(engine)
  }
  engine.onRefused = (ledger, error) => react(holdRefused(engine, ledger.row.key, error.message))
  engine.onReplaced = (old, by) => {
    const stopped = command(engine, old, "stop", { message: `Run ${by} takes its place` })
    Effect.runForkWith(engine.host.context)(Effect.ignore(stopped))
  }
  engine.onRenew = () => engine.mailbox.post(renew(engine, pools))
  collectGarbage(engine)
  if (engine.host.actor !== undefined) engine.host.react(forgetDeeds(engine))
  offerPlaces(engine, pools)
  return engine
}

const offerPlaces = (engine: Engine, pools: Pools | undefined): void => {
  if (pools === undefined) return
  const worker = new PoolWorker(engine, pools)
  engine.worker = worker
  worker.begin()
}

/**
 * Goes on under another number. Nothing works under the old one then, so its runs may be anybody's: this process takes
 * over what nobody else has, as any other does.
 */
const renew = (engine: Engine, pools: Pools | undefined): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* engine.stilled
    const { renewed = Effect.void } = engine.host.journal
    engine.renewed(yield* Effect.match(renewed, { onFailure: (error) => error, onSuccess: () => undefined }))
    if (engine.lost !== undefined || engine.closed) return
    offerPlaces(engine, pools)
    takeJobsOver(engine)
    yield* engine.reacting(takeOverAll(engine, [...engine.workflows.keys()]))
  })

/** What the dead did beside their runs is done by those that live: deleting, schedules, letters to webhooks. */
const takeJobsOver = (engine: Engine): void => {
  collectGarbage(engine)
  for (const { wake } of engine.jobs) wake?.()
}

/** Goes on with what the dead began to delete, and takes their alarms over. */
const collectGarbage = ({ collection, retention }: Engine): void => {
  retention.wake()
  collection.wake()
}

const aWorkflow = defined("Workflow")

/**
 * Makes workflows known and takes over their runs that nobody executes; throws `InvalidWorkflow` and `InvalidValue`.
 */
export const register = (engine: Engine, workflows: ReadonlyArray<AnyWorkflow>): Effect.Effect<void, JournalError> => {
  for (const workflow of workflows) admitOne("what is registered", workflow, aWorkflow)
  const fresh = withStarted(workflows).filter((workflow) => engine.workflows.get(workflow.name) !== workflow)
  for (const [index, workflow] of fresh.entries()) {
    const plan = planOf(workflow)
    // Runs of a definition that is kept go on with their own.
    if (workflow.kept !== undefined) continue
    const same = fresh.slice(0, index).find(({ name }) => name === workflow.name) ?? engine.workflows.get(workflow.name)
    if (same !== undefined && planOf(same).digest !== plan.digest) throw contradicting(workflow)
  }
  for (const workflow of fresh) engine.workflows.set(workflow.name, workflow)
  engine.worker?.wake()
  // Without workflows, those runs are taken over of which the definition is kept.
  if (fresh.length === 0 && workflows.length > 0) return Effect.void
  return engine.mailbox.ask(takeOverAll(engine, fresh.map((workflow) => workflow.name)))
}

/** Workflows whose nodes start no runs. */
const alone = new WeakSet<AnyWorkflow>()

/** Whether it is known, with all that its nodes start; false also where that has to be looked up. */
export const isRegistered = (engine: Engine, workflow: AnyWorkflow): boolean => {
  if (engine.worker !== undefined || engine.workflows.get(workflow.name) !== workflow) return false
  if (!alone.has(workflow) && withStarted([workflow]).length === 1) alone.add(workflow)
  return alone.has(workflow)
}

/** With them those whose runs their nodes start: such a run must go on where its node does. */
const withStarted = (workflows: ReadonlyArray<AnyWorkflow>): ReadonlyArray<AnyWorkflow> => {
  const all = new Set(workflows)
  const looked = new Set(workflows)
  for (const { nodes } of looked) {
    for (const { run, runnable } of nodes) {
      if (run !== undefined) all.add(run.workflow)
      const inner = run?.workflow ?? runnable
      if (inner?._tag === "Workflow") looked.add(inner)
    }
  }
  return [...all]
}

/** The same for those who do not wait until the runs are taken over; throws `EngineClosed` too. */
export const registerNow = (engine: Engine, workflows: ReadonlyArray<AnyWorkflow>): void => {
  if (engine.closed) throw EngineClosed.of("register workflows")
  engine.host.react(register(engine, workflows))
}

/** Runs are found by the name of their workflow: with two of one name, a run would go on with the wrong one. */
const contradicting = (workflow: AnyWorkflow): InvalidWorkflow => {
  const message = `Another workflow is named "${workflow.name}" in this engine, with other nodes`
  const hint = workflow.version === undefined
    ? "Give one of them another name or a version: after a restart runs are found by it"
    : "Raise the version of one: after a restart runs are found by it"
  const issues = [{ path: workflow.name, code: "contradiction", message, hint }]
  return new InvalidWorkflow({ workflow: workflow.name, issues, message: `${message}. ${hint}.` })
}

/** Commands that were sent to the dead owner are acted on now or never. */
const takeOverAll = (engine: Engine, workflows: ReadonlyArray<string>): Effect.Effect<void, JournalError> =>
  Effect.flatMap(recover(engine, workflows), (many) => many > 0 ? answerInbox(engine) : Effect.void)
