/** Letters that were not delivered yet, or were given up: for those who look after an engine. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import type { Cell, Write } from "../journal/Journal.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { deadSpace, type Letter, superfluous, waitingSpace } from "./Webhook.ts"

/** A letter, and whether it was given up. */
export interface LetterView extends Letter {
  readonly state: "waiting" | "dead"
}

/** All letters: those that were given up first. */
export const letters = (engine: Engine): Effect.Effect<ReadonlyArray<LetterView>, JournalError> =>
  Effect.map(
    Effect.all([cellsOf(engine, deadSpace), cellsOf(engine, waitingSpace)]),
    (
      [dead, waiting]
    ) => [...dead.map((cell) => viewOf(cell, "dead")), ...waiting.map((cell) => viewOf(cell, "waiting"))]
  )

/** Has dead letters delivered again, by the next process that knows their address; answers how many. */
export const retryDead = (engine: Engine): Effect.Effect<number, JournalError> =>
  changeDead(engine, ({ data, key }, now) => {
    const { since: _, ...dead } = JSON.parse(data) as Letter
    const letter: Letter = { ...dead, nextAt: now, tries: 0 }
    return [{ kind: "cell", space: waitingSpace, key, was: null, data: JSON.stringify(letter) }]
  })

/** Removes dead letters; answers how many. */
export const forgetDead = (engine: Engine): Effect.Effect<number, JournalError> => changeDead(engine, () => [])

/** Removes what is kept no longer of the letters that were given up; what another process removes is left to it. */
export const pruneDead = (engine: Engine): Effect.Effect<void, JournalError> =>
  Effect.map(cellsOf(engine, deadSpace), (cells) => {
    const { journal, now } = engine.host
    const dead = cells.map((cell) => ({ ...JSON.parse(cell.data) as Letter, cell }))
    for (const { cell: { data, key, space } } of superfluous(dead, now())) {
      journal.append([{ kind: "cell", space, key, was: data, data: null }])
    }
  })

const changeDead = (
  engine: Engine,
  more: (cell: Cell, now: number) => ReadonlyArray<Write>
): Effect.Effect<number, JournalError> =>
  Effect.gen(function* () {
    const { journal, now } = engine.host
    const cells = yield* cellsOf(engine, deadSpace)
    for (const cell of cells) {
      const { data, key, space } = cell
      yield* stored(journal, [{ kind: "cell", space, key, was: data, data: null }, ...more(cell, now())])
    }
    return cells.length
  })

const stored = (journal: Engine["host"]["journal"], writes: ReadonlyArray<Write>): Effect.Effect<void, JournalError> =>
  Effect.callback((resume) => {
    journal.append(writes, (error) => resume(error === undefined ? Effect.void : Effect.fail(error)))
  })

const cellsOf = ({ host: { journal } }: Engine, space: string) => journal.reads.cells(space)

const viewOf = ({ data }: Cell, state: LetterView["state"]): LetterView => ({ ...JSON.parse(data), state })
