/** Storage that takes its time: what is read is read later than it was asked, and is out of date when it arrives. */
import * as Effect from "effect/Effect"
import type { JournalShape } from "../../src/journal/Journal.ts"
import type { World } from "../../src/testing/World.ts"

/** The same journal, whose answers wait for the seed twice: before they are read and before they arrive. */
export const slowly = (journal: JournalShape, world: World): JournalShape => {
  const turn = Effect.callback<void>((resume) => world.add(() => resume(Effect.void)))
  const late = <A, E>(answer: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(turn, Effect.flatMap(Effect.exit(answer), (exit) => Effect.andThen(turn, exit)))
  return {
    ...journal,
    reads: { ...all(journal.reads, late), artifacts: all(journal.reads.artifacts, late) },
    claims: all(journal.claims, late),
    drained: late(journal.drained)
  }
}

type Ask = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown>

const all = <A extends object>(questions: A, late: (answer: Effect.Effect<unknown>) => Effect.Effect<unknown>): A =>
  Object.fromEntries(
    Object.entries(questions).map(([name, ask]) => [
      name,
      typeof ask === "function" ? (...args: ReadonlyArray<unknown>) => late((ask as Ask)(...args)) : ask
    ])
  ) as A
