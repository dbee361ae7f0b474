/**
 * Start policies at work: reads what they are kept in, asks `run/starting.ts` what a start comes to, and writes that in
 * the commit that it is about. Whoever is slower is refused by storage, and decides anew.
 */
import * as Effect from "effect/Effect"
import type { Write } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { handlesIn } from "../../run/handles.ts"
import { continuedIn } from "../../run/chain.ts"
import { isTerminal } from "../../run/Phase.ts"
import {
  type Asked,
  askedOf,
  type CellChange,
  isSpent,
  type Single,
  type Starting,
  startingOf,
  type StartScene,
  startSpace
} from "../../run/starting.ts"
import type { RunRow } from "../../run/State.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { policiesOf } from "../../workflow/StartPolicy.ts"
import type { Engine } from "../Engine.ts"
import { InvalidInput, Refused, RunExists } from "../EngineError.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { fromText } from "../node/value.ts"
import type { Ledger } from "../Ledger.ts"
import type { Beginning } from "./beginning.ts"
import type { Seed } from "./creation.ts"
import { cellWrite } from "./startCells.ts"
import { WaitingStarts } from "./waitingStarts.ts"

/** How a run is created; fails with reason `Stale` when a cell was changed meanwhile. */
type Create = (options: Beginning, seed: Seed) => Effect.Effect<RunRow, RunExists | JournalError>

/** Whether anything is decided about a start. */
export const hasPolicies = ({ start }: AnyWorkflow, { policy }: Pick<Beginning, "policy">): boolean =>
  policiesOf(start, policy) !== undefined

/** Starts by the policies of a workflow. */
export const byPolicy = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed,
  create: Create
): Effect.Effect<RunRow, InvalidInput | Refused | RunExists | JournalError> =>
  Effect.gen(function* () {
    const asked = asking(workflow, options, seed)
    if (asked === undefined) return yield* create(options, seed)
    if (asked instanceof InvalidInput) return yield* asked
    for (;;) {
      const seen = yield* look(engine, asked, options)
      const starting = startingOf(asked, seen.scene)
      const done = yield* Effect.result(carriedOut(engine, workflow, options, seed, seen, starting, create))
      if (done._tag === "Success") return done.success
      const { failure } = done
      // A cell of somebody else who writes with it is not decided here.
      const isOurs = failure._tag === "JournalError" && failure.reason === "Stale" && (yield* hasChanged(engine, seen))
      if (!isOurs) return yield* failure
    }
  })

/** A run that is made of another one begins at once, with what that one has. */
const asking = (
  workflow: AnyWorkflow,
  { policy, text }: Beginning,
  seed: Seed
): Asked | InvalidInput | undefined => {
  const start = policiesOf(workflow.start, policy)
  if (start === undefined) return undefined
  try {
    const asked = askedOf(workflow, start, fromText(workflow.input, text))
    if (seed.origin === undefined) return asked
    return asked.singleton === undefined ? undefined : { singleton: asked.singleton }
  } catch (error) {
    const message = `The key of a start policy of workflow "${workflow.name}" cannot be made: ${
      errorWords(encodeThrown(error))
    }`
    return new InvalidInput({ workflow: workflow.name, message })
  }
}

/** What stands in the cells of policies, and the runs they name. */
interface Seen {
  readonly places: ReadonlyArray<string>
  readonly scene: StartScene
  readonly runs: ReadonlyMap<string, RunRow>
}

const look = (engine: Engine, asked: Asked, { id, text }: Beginning): Effect.Effect<Seen, JournalError> =>
  Effect.gen(function* () {
    const { now } = engine.host
    const cells = new Map<string, string>()
    const runs = new Map<string, RunRow>()
    const open = new Set<string>()
    const places = Object.values(asked).map(({ place }: { readonly place: string }) => place)
    for (const place of places) {
      const data = (yield* engine.host.journal.reads.cell(startSpace, place))?.data
      if (data === undefined) continue
      cells.set(place, data)
      const { run } = JSON.parse(data) as { readonly run?: string }
      const row = run === undefined ? undefined : yield* lastOf(engine, run)
      if (run === undefined || row === undefined) continue
      runs.set(run, row)
      if (yield* isOpen(engine, row)) open.add(run)
    }
    const isPending = (run: string) => runs.get(run)?.phase === "Pending" && runs.get(run)?.stopping === null
    return { places, runs, scene: { id, text, now: now(), cells, isOpen: (run) => open.has(run), isPending } }
  })

/** The run that is meant by a name: the one in which it goes on, where it has gone on. */
const lastOf = (engine: Engine, id: string): Effect.Effect<RunRow | undefined, JournalError> =>
  Effect.flatMap(engine.host.journal.reads.findRun(id), (row) => {
    const next = row === undefined ? undefined : continuedIn(row)
    return next === undefined ? Effect.succeed(row) : Effect.map(lastOf(engine, next), (found) => found ?? row)
  })

/** What a run that goes on from another one keeps of its policies: its key, and its line. */
export const ruleOfNext = ({ rule }: Ledger): Pick<Beginning, "rule"> => {
  if (rule?.singleton === undefined) return {}
  const { line, singleton } = rule
  return { rule: line === undefined ? { singleton } : { singleton, line } }
}

/** An ended run that a living process has is about to be opened again. */
const isOpen = (engine: Engine, { owner, phase }: RunRow): Effect.Effect<boolean, JournalError> =>
  !isTerminal(phase) || owner === null ? Effect.succeed(!isTerminal(phase)) : engine.host.journal.reads.isAlive(owner)

const hasChanged = (engine: Engine, { places, scene }: Seen): Effect.Effect<boolean, JournalError> =>
  Effect.gen(function* () {
    for (const place of places) {
      if ((yield* engine.host.journal.reads.cell(startSpace, place))?.data !== scene.cells.get(place)) return true
    }
    return false
  })

const carriedOut = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: Beginning,
  seed: Seed,
  seen: Seen,
  starting: Starting,
  create: Create
): Effect.Effect<RunRow, Refused | RunExists | JournalError> => {
  if (starting.do === "create") {
    const { cells, rule, waits } = starting
    const created = create({ ...options, rule }, { ...seed, writes: cells.map(cellWrite) })
    const kept = Effect.tap(created, () => Effect.sync(() => forget(engine, seen.scene, cells)))
    return waits ? waiting(engine).within(workflow.name, kept, tooMany(engine, workflow, options)) : kept
  }
  const row = seen.runs.get(starting.run)!
  if (starting.do === "fold") return folded(engine, row, options.text, seed, starting.cells)
  if (starting.do === "give" && seed.with === undefined && seed.origin === undefined) return Effect.succeed(row)
  return Effect.fail(taken(workflow, row, starting))
}

const waiting = (engine: Engine): WaitingStarts =>
  engine.waitingStarts ??= new WaitingStarts(engine.limits.waitingStarts, engine.host.journal.reads)

const tooMany = ({ host: { limits } }: Engine, { name }: AnyWorkflow, { id }: Beginning): Refused => {
  const message =
    `Cannot start "${name}": ${limits.waitingStarts} starts of it wait (limits.waitingStarts). Try again later`
  return new Refused({ run: id, verb: "start", message })
}

const taken = ({ name }: AnyWorkflow, { id }: RunRow, starting: Starting): RunExists => {
  const key = starting.do === "refuse" && starting.key !== "" ? ` for key ${JSON.stringify(starting.key)}` : ""
  const how = `singleton, taken: "${starting.do === "refuse" ? "refuse" : "return"}"`
  const message = `Cannot start "${name}"${key}: run ${id} has not ended (${how}). Wait for its end, or stop it`
  return new RunExists({ id, message })
}

/** The input becomes that of a run that has not begun; what its handles name is kept for it. */
const folded = (
  engine: Engine,
  row: RunRow,
  text: string,
  seed: Seed,
  cells: ReadonlyArray<CellChange>
): Effect.Effect<RunRow, JournalError> =>
  Effect.gen(function* () {
    const readers = handlesIn(text).map((artifact) => ({ kind: "reader", artifact, run: row.key }) as const)
    const others = seed.with === undefined ? [] : yield* seed.with(row.id)
    const error = yield* stored(engine, [...cells.map(cellWrite), ...readers, ...others])
    return error === undefined ? row : yield* error
  })

const stored = (engine: Engine, writes: ReadonlyArray<Write>): Effect.Effect<JournalError | undefined> =>
  Effect.callback((resume) => {
    engine.host.journal.append(writes, (error) => resume(Effect.succeed(error)))
  })

const looksAt = 4

/** Keys that nobody uses any more leave nothing: each start looks at some cells after its own. */
const forget = (engine: Engine, { now }: StartScene, cells: ReadonlyArray<CellChange>): void => {
  const { journal } = engine.host
  const drop = (from: string) =>
    Effect.gen(function* () {
      const after = yield* journal.reads.cells(startSpace, { from, limit: looksAt + 1 })
      const first = after.length > looksAt ? [] : yield* journal.reads.cells(startSpace, { limit: looksAt })
      for (const { data, key } of [...after, ...first]) {
        if (key === from) continue
        const { run } = JSON.parse(data) as { readonly run?: string }
        const row = run === undefined ? undefined : yield* lastOf(engine, run)
        const open = row !== undefined && (yield* isOpen(engine, row))
        if (isSpent(data, { now, isOpen: () => open })) journal.append([cellWrite({ key, was: data, data: null })])
      }
    })
  for (const { key } of cells) engine.host.react(drop(key))
}

/**
 * A run that is about to be opened again takes the place of its key back; answers the run that has it. The run is owned
 * by then, so whoever starts another one meanwhile either sees it as open, or has changed the cell.
 */
export const reclaimed = (engine: Engine, { row, rule }: Ledger): Effect.Effect<string | undefined, JournalError> =>
  Effect.gen(function* () {
    if (rule?.singleton === undefined || rule.line !== undefined) return undefined
    for (;;) {
      const { journal } = engine.host
      const cell = yield* journal.reads.cell(startSpace, rule.singleton)
      const single = cell === undefined ? undefined : JSON.parse(cell.data) as Single
      const other = single === undefined ? undefined : yield* lastOf(engine, single.run)
      if (other !== undefined && other.id !== row.id && (yield* isOpen(engine, other))) return other.id
      // Another text each time: whoever has read the former one is refused.
      const data = JSON.stringify({ run: row.id, epoch: Math.max(row.epoch, single?.epoch ?? 0) + 1 } satisfies Single)
      const error = yield* stored(engine, [cellWrite({ key: rule.singleton, was: cell?.data ?? null, data })])
      if (error === undefined) return undefined
      if (error.reason !== "Stale") return yield* error
    }
  })
