/** Fires in their cells: how they are read, written, and forgotten when there are many. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Operator.ts"
import type { Reads, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import type { RunRow } from "../run/State.ts"
import { type Fire, fireKey, firesOf, fireSpace, type ScheduleState } from "./State.ts"

/** How many fires are kept, and how many more there may be until those beyond it are deleted. */
const keptFires = 1_000
const moreFires = 100

/** What became of an instant. */
export const fireOf = (reads: Reads, schedule: string, due: number): Effect.Effect<Fire | undefined, JournalError> =>
  Effect.map(
    reads.cell(fireSpace, fireKey(schedule, due)),
    (cell) => cell === undefined ? undefined : JSON.parse(cell.data) as Fire
  )

/** The runs of these ids that are still there. */
export const runsOf = (
  reads: Reads,
  ids: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<RunRow>, JournalError> =>
  Effect.gen(function* () {
    const rows: Array<RunRow> = []
    for (const id of ids) {
      const row = yield* reads.findRun(id)
      if (row !== undefined) rows.push(row)
    }
    return rows
  })

/**
 * The writes for fires, and how many are kept then. An instant that has started a run keeps that, unless it starts
 * another one (`again`).
 */
export const fireWrites = (
  reads: Reads,
  schedule: string,
  state: ScheduleState,
  fires: ReadonlyArray<Fire>,
  again: boolean
): Effect.Effect<{ readonly fires: number; readonly writes: ReadonlyArray<Write> }, JournalError> =>
  Effect.gen(function* () {
    const writes: Array<Extract<Write, { readonly kind: "cell" }>> = []
    for (const fire of fires) {
      const key = fireKey(schedule, fire.due)
      const was = (yield* reads.cell(fireSpace, key))?.data ?? null
      const isStarted = was !== null && JSON.parse(was).outcome === "started"
      if (isStarted && !(again && fire.outcome === "started")) continue
      writes.push({ kind: "cell", space: fireSpace, key, was, data: JSON.stringify(fire) })
    }
    const many = state.fires + writes.filter(({ was }) => was === null).length
    const surplus = many > keptFires + moreFires ? many - keptFires : 0
    const old = surplus === 0 ? [] : yield* reads.cells(fireSpace, { ...firesOf(schedule), limit: surplus })
    const gone = old.filter(({ key }) => writes.every((write) => write.key !== key))
    return {
      fires: many - gone.length,
      writes: [
        ...writes,
        ...gone.map(({ data: was, key }) => ({ kind: "cell", space: fireSpace, key, was, data: null }) as const)
      ]
    }
  })

/** Writes, and waits until it is known what came of it. */
export const stored = (engine: Engine, writes: ReadonlyArray<Write>): Effect.Effect<JournalError | undefined> =>
  Effect.callback((resume) => {
    engine.host.journal.append(writes, (error) => resume(Effect.succeed(error)))
  })
