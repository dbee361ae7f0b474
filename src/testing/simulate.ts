// deno-lint-ignore-file no-explicit-any -- a workflow of any types
/**
 * Simulations of a user's own workflow: many seeds, each an order of events of its own with crashes, lost answers, slow
 * storage and clocks that are set; what must always hold is checked, the engine's invariants among it.
 */
import * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import {
  admitNamed,
  admitOne,
  anything,
  callable,
  count,
  defined,
  flag,
  listOf,
  named,
  record,
  type Rule
} from "../workflow/admit.ts"
import { immediate } from "../journal/immediate.ts"
import type { AnyTask, AnyWorkflow } from "../workflow/Definition.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { BuiltServices } from "./BuiltServices.ts"
import type { FakeBody, Replaceable } from "./FakeBody.ts"
import { isPlanned, none } from "./simulation/Faults.ts"
import { shrunk } from "./simulation/shrink.ts"
import type { Played, Setup, SimulatedFaults, SimulatedInvariant } from "./simulation/Simulated.ts"
import { WorkflowSimulation } from "./simulation/WorkflowSimulation.ts"

export type { FaultMoment, Simulated, SimulatedFaults, SimulatedInvariant } from "./simulation/Simulated.ts"

/** How a workflow is simulated. */
export interface SimulateOptions<I, O> {
  /** The input of each simulated run. */
  readonly input?: I
  /** How many seeds are played, from 1; default 100. The first ones crash at each commit, before and after it. */
  readonly seeds?: number
  /** Plays this one only, as a red seed says. */
  readonly seed?: number
  /** Which faults happen; default all of them but `stops`. `false`: none, only the order changes. */
  readonly faults?: Partial<SimulatedFaults> | false
  /** What must hold after each commit and when all is over, by its name. */
  readonly invariants?: Readonly<Record<string, SimulatedInvariant<O>>>
  /** Called before each seed: makes the world outside new. */
  readonly begin?: (seed: number) => void
  /**
   * Values for nodes that wait for a signal, by name or path, as JSON, or functions of the seed. They arrive at once,
   * later, or after all timeouts, as the seed draws it.
   */
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
  /** What went wrong on the way, as in `after commit 3 was stored its process was killed`. */
  readonly happened: ReadonlyArray<string>
  /** The faults that it takes: with these the seed breaks the same, and with one less it does not. */
  readonly faults: SimulatedFaults

  /** Makes the error of a seed, with what was found and recorded, and with the faults that it takes. */
  constructor(workflow: string, seed: number, { happened, history, violations }: Played, faults: SimulatedFaults) {
    super([
      `Seed ${seed} of workflow "${workflow}" breaks what must hold:`,
      ...violations.slice(0, 10).map((violation) => `  ✖ ${violation}`),
      ...happened.length === 0 ? [] : ["What went wrong before:", ...happened.map((it) => `  ${it}`)],
      `Play it again: simulate(…, { …, seed: ${seed}${saidOf(faults)} })`,
      "What was recorded:",
      ...history.slice(-40).map((line) => `  ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`)
    ].join("\n"))
    this.seed = seed
    this.violations = violations
    this.history = history
    this.happened = happened
    this.faults = faults
  }
}

/** The option with which a seed is played that takes no more faults than these. */
const saidOf = (faults: SimulatedFaults): string => {
  const given = Object.entries(faults)
  if (given.every(([, value]) => value === false)) return ", faults: false"
  const other = given.filter(([kind, value]) => value !== usual[kind as keyof SimulatedFaults])
  const said = other.map(([kind, value]) => `${kind}: ${typeof value === "boolean" ? value : listText(value)}`)
  return said.length === 0 ? "" : `, faults: { ${said.join(", ")} }`
}

const listText = (moments: ReadonlyArray<string>): string => `[${moments.map((it) => `"${it}"`).join(", ")}]`

/** What happens unless it is said otherwise. */
const usual: SimulatedFaults = {
  crashes: true,
  lostAnswers: true,
  slowStores: true,
  clockJumps: true,
  suspends: true,
  stops: false
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
  const given = admitNamed<SimulateOptions<any, any>>("the options of simulate", options, rules)
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

const moments = listOf((value) =>
  typeof value === "string" && /^(?:before|after) [1-9]\d*$/.test(value)
    ? undefined
    : { what: `is ${JSON.stringify(value)}`, hint: 'Use "before 3" or "after 3"' }
)

/** Whether it happens, or when exactly. */
const atMoments: Rule = (value) => Array.isArray(value) ? moments(value) : flag(value)

const faultRule = named<SimulatedFaults>({
  crashes: atMoments,
  lostAnswers: atMoments,
  slowStores: flag,
  clockJumps: flag,
  suspends: atMoments,
  stops: atMoments
})

const setupOf = (
  workflow: AnyWorkflow,
  { faults, input, invariants = {}, replace = [], signals = {} }: SimulateOptions<any, any>,
  services: BuiltServices | undefined
): Setup => {
  const fakes = new Map<AnyTask, AnyTask["run"]>(replace.map(([task, body]) => [task as unknown as AnyTask, body]))
  return {
    workflow,
    input,
    faults: faults === false ? none : { ...usual, ...faults },
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
  // What is loaded when it is first needed would be waited for in the first seed only.
  await import("../store/mover.ts")
  const played = (seed: number, commits: number, faults: SimulatedFaults): Promise<Played> => {
    begin(seed)
    return new WorkflowSimulation(seed, { ...setup, commits, faults }).play(turn)
  }
  const play = async (seed: number, commits: number): Promise<Played> => {
    const first = await played(seed, commits, setup.faults)
    if (first.violations.length === 0) return first
    const [least, faults] = isPlanned(seed, { ...setup, commits })
      ? [first, { ...none, crashes: seed !== 0 }]
      : await shrunk(first, setup.faults, (faults) => played(seed, commits, faults))
    throw new SimulationFailed(setup.workflow.name, seed, least, faults)
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

const turn = (millis: number): Promise<void> =>
  new Promise((resolve) => void (millis === 0 ? immediate(resolve) : setTimeout(resolve, millis)))
