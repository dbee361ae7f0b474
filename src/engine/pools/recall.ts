/**
 * What is left on pools of runs that nobody waits for: taken away, and workers are told to stop.
 *
 * An attempt moves while this looks at it. What comes later in its way is read later; of what has moved on meanwhile
 * its worker finds the word to stop, or this finds that no worker has it any more.
 */
import * as Effect from "effect/Effect"
import type { Cell, JournalShape } from "../../journal/Journal.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import { offeredPlace, readPlaceKey, readPoolKey, spaces, type Taken } from "../../run/placement.ts"
import { cell, moved, removed, words } from "./cells.ts"

/** Takes back what is out of a run whose end is recorded. */
export const recalled = (journal: JournalShape, run: number): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { reads } = journal
    const isOf = (place: string): boolean => readPlaceKey(place)?.run === run
    for (const { data, key } of yield* reads.cells(spaces.offers)) {
      if (isOf(offeredPlace(key))) yield* moved(journal, [cell(spaces.offers, key, data, null)])
    }
    const working = (yield* reads.cells(spaces.taken)).filter((one) => isOf(placeOf(one)))
    const told = new Set<string>()
    for (const one of working) if (yield* stopped(journal, one)) told.add(placeOf(one))
    for (const space of words) {
      for (const { key } of yield* reads.cells(space)) if (isOf(key) && !told.has(key)) yield* removed(journal, key)
    }
  })

/** What the dead had in hand of runs that are over, and their offers of places. */
export const swept = (journal: JournalShape): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { reads } = journal
    for (const { data, key } of yield* reads.cells(spaces.workers)) {
      if (yield* reads.isAlive(Number(readPoolKey(key)[1]))) continue
      yield* moved(journal, [cell(spaces.workers, key, data, null)])
    }
    for (const one of yield* reads.cells(spaces.taken)) {
      const place = readPlaceKey(placeOf(one))
      const run = place === undefined ? undefined : yield* reads.getRun(place.run)
      // Of a run that goes on its owner decides.
      if (run !== undefined && !isTerminal(run.phase) || (yield* isHeld(journal, one))) continue
      yield* buried(journal, one)
    }
  })

/** Tells a worker to stop; answers whether one has it still that lives, and clears it away where none does. */
const stopped = (journal: JournalShape, one: Cell): Effect.Effect<boolean, JournalError> =>
  Effect.gen(function* () {
    if (!(yield* isHeld(journal, one))) return yield* Effect.as(buried(journal, one), false)
    yield* moved(journal, [cell(spaces.stops, placeOf(one), null, "{}")])
    // It may have told how its body ended before it could know: then it reads no word any more.
    return (yield* journal.reads.cell(spaces.taken, one.key)) !== undefined
  })

const buried = (journal: JournalShape, { data, key }: Cell): Effect.Effect<void, JournalError> =>
  Effect.andThen(moved(journal, [cell(spaces.taken, key, data, null)]), removed(journal, placeOf({ key })))

const isHeld = ({ reads }: JournalShape, { data }: Cell): Effect.Effect<boolean, JournalError> =>
  reads.isAlive((JSON.parse(data) as Taken).worker)

const placeOf = ({ key }: Pick<Cell, "key">): string => readPoolKey(key)[1]
