// deno-lint-ignore-file no-explicit-any -- a workflow of any types
/**
 * Simulations of a user's own workflow: many seeds, each an order of events of its own with crashes, lost answers, slow
 * storage and clocks that are set; what must always hold is checked, the engine's invariants among it.
 */
import * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import { admit, admitOne, anything, callable, count, defined, flag, listOf, record, under } from "../workflow/admit.ts"
import { immediate } from "../journal/immediate.ts"
import type { AnyTask, AnyWorkflow } from "../workflow/Definition.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { BuiltServices } from "./BuiltServices.ts"
import type { FakeBody, Replaceable } from "./FakeBody.ts"
import type { Played, Setup, SimulatedFaults, SimulatedInvariant } from "./simulation/Simulated.ts"
import { WorkflowSimulation } from "./simulation/WorkflowSimulation.ts"

export type { Simulated, SimulatedFaults, SimulatedInvariant } from "./simulation/Simulated.ts"

/** How a workflow is simulated. */
export interface SimulateOptions<I, O> {
  /** The input of each simulated run. */
  readonly input?: I
  /** How many seeds are played, from 1; default 100. The first ones crash at each commit, before and after it. */
  readonly seeds?: number
  /** Plays this one only, as a red seed says. */
  readonly seed?: number
  /** Which faults happen; default all of them. `false`: none, only the order changes. */
  readonly faults?: Partial<SimulatedFaults> | false
  /** What must hold after each commit and when all is over, by its name. */
  readonly invariants?: Readonly<Record<string, SimulatedInvariant<O>>>
  /** Called before each seed: makes the world outside new. */
  readonly begin?: (seed: number) => void
  /** Values for nodes that wait for a signal, by name or path, as JSON. */
  readonly signals?: Readonly<Record<string, unknown>>
  /** Bodies in place of those of tasks: what waits for timers or the network has no place in simulated time. */
  readonly replace?: ReadonlyArray<readonly [task: Replaceable<any, any, any>, body: FakeBody<any, any>]>
  /** The services of Effect bodies. They stand for the world outside, so a crash leaves them as they are. */
  readonly layer?: Layer.Layer<any, unknown>
}

/** What a simulation that found nothing has looked at. */
export interface SimulationReport {
  /** How many seeds were played. */
  readonly seeds: number
  /** How many commits the runs of all seeds made. */
  readonly commits: number
  /** How often processes were killed or lost their storage. */
  readonly crashes: number
  /** How often bodies began. */
  readonly bodies: number
}

/** A seed broke what must hold. Its message says which, how to play it again, and what was recorded. */
export class SimulationFailed extends Error {
  /** Tells this error from others. */
  override readonly name = "SimulationFailed"
  /** The seed that broke it: play it alone with the option `seed`. */
  readonly seed: number
  /** What did not hold, a sentence for each. */
  readonly violations: ReadonlyArray<string>
  /** The events of the run, a line for each. */
  readonly history: ReadonlyArray<string>

  /** Makes the error of a seed, with what was found and recorded. */
  constructor(workflow: string, seed: number, { history, violations }: Played) {
    super([
      `Seed ${seed} of workflow "${workflow}" breaks what must hold:`,
      ...violations.slice(0, 10).map((violation) => `  ✖ ${violation}`),
      `Play it again: simulate(…, { …, seed: ${seed} })`,
      "What was recorded:",
      ...history.slice(-40).map((line) => `  ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`)
    ].join("\n"))
    this.seed = seed
    this.violations = violations
    this.history = history
  }
}

/**
 * Plays a workflow under seeded faults and rejects with `SimulationFailed` at the first seed that breaks an invariant,
 * those of the engine included. The same seed plays the same, as long as bodies wait for nothing outside.
 *
 * @example
 * ```ts
 * import { Schema, task, workflow } from "pinnace"
 * import { simulate } from "pinnace/testing"
 *
 * const paid = new Set<string>()
 * const pay = task("pay", { input: Schema.Number, run: (_, { key }) => void paid.add(key) })
 * const order = workflow("order", { input: Schema.Number }, (w) => w.node("pay", pay, { input: w.input }))
 *
 * await simulate(order, {
 *   input: 20,
 *   seeds: 20,
 *   begin: () => paid.clear(),
 *   invariants: { "paid at most once": () => paid.size <= 1 }
 * })
 * ```
 */
export const simulate = async <I, O, E, R>(
  workflow: Runnable<I, O, E, R> & { readonly _tag: "Workflow" },
  options: SimulateOptions<I, O> = {}
): Promise<SimulationReport> => {
  admitOne("what is simulated", workflow, defined("Workflow"))
  const given = admit<SimulateOptions<any, any>>("the options of simulate", options, rules)
  const services = given.layer === undefined ? undefined : BuiltServices.atOnce({ layer: given.layer })
  try {
    return await playAll(setupOf(workflow as unknown as AnyWorkflow, given, services), given)
  } finally {
    await services?.close()
  }
}

const rules = {
  input: anything,
  seeds: count({ least: 1 }),
  seed: count(),
  faults: (value: unknown) => value === false ? undefined : faultRule(value),
  invariants: record(() => undefined, "Use a record of functions"),
  begin: callable,
  signals: record(() => undefined, "Use a record of values"),
  replace: listOf(anything),
  layer: anything
}

const faultRule = under<SimulatedFaults>({ crashes: flag, lostAnswers: flag, slowStores: flag, clockJumps: flag })

const setupOf = (
  workflow: AnyWorkflow,
  { faults, input, invariants = {}, replace = [], signals = {} }: SimulateOptions<any, any>,
  services: BuiltServices | undefined
): Setup => {
  const fakes = new Map<AnyTask, AnyTask["run"]>(replace.map(([task, body]) => [task as unknown as AnyTask, body]))
  const isOn = faults !== false
  const all = { crashes: isOn, lostAnswers: isOn, slowStores: isOn, clockJumps: isOn }
  return {
    workflow,
    input,
    faults: { ...all, ...(faults === false ? {} : faults) },
    invariants: Object.entries(invariants),
    signals,
    bodyOf: (task) => fakes.get(task) ?? task.run,
    services: services?.context ?? Context.empty(),
    commits: 0
  }
}

const playAll = async (
  setup: Setup,
  { begin = () => {}, seed, seeds = 100 }: SimulateOptions<any, any>
): Promise<SimulationReport> => {
  const play = async (seed: number, commits: number): Promise<Played> => {
    begin(seed)
    const played = await new WorkflowSimulation(seed, { ...setup, commits }).play(turn)
    if (played.violations.length > 0) throw new SimulationFailed(setup.workflow.name, seed, played)
    return played
  }
  // What a seed means depends on how many commits there are where nothing goes wrong.
  const { commits } = await play(0, 0)
  const last = seed ?? seeds
  const all: Array<Played> = []
  for (let next = seed ?? 1; next <= last; next++) all.push(await play(next, commits))
  const sum = (count: (played: Played) => number): number => all.reduce((sum, played) => sum + count(played), 0)
  return {
    seeds: all.length,
    commits: sum(({ commits }) => commits),
    crashes: sum(({ crashes }) => crashes),
    bodies: sum(({ bodies }) => bodies)
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void immediate(resolve))
