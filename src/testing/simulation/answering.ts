/** How storage answers what is read of it; from the engine nothing of this may be seen. */
import * as Effect from "effect/Effect"
import type { JournalShape } from "../../journal/Journal.ts"
import type { World } from "../World.ts"

/** Whether answers are there at once, after more operations that wait for nothing, or take their time. */
export type Answering = "at once" | "roundabout" | "slowly"

/**
 * The same journal, whose answers come differently. Slowly they wait for the seed twice, before they are read and
 * before they arrive: what is read is read later than it was asked, and is out of date when it arrives.
 */
export const answering = (journal: JournalShape, world: World, how: Answering): JournalShape => {
  if (how === "at once") return journal
  const turn = how === "roundabout"
    ? Effect.void
    : Effect.callback<void>((resume) => world.add(() => resume(Effect.void)))
  const late = <A, E>(answer: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(turn, Effect.flatMap(Effect.exit(answer), (exit) => Effect.andThen(turn, exit)))
  return {
    ...journal,
    reads: { ...answered(journal.reads, late), artifacts: answered(journal.reads.artifacts, late) },
    claims: answered(journal.claims, late),
    drained: late(journal.drained)
  }
}

type Ask = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown>

/** The same questions; `late` makes of each answer what is given instead. */
export const answered = <A extends object>(
  questions: A,
  late: (answer: Effect.Effect<unknown>) => Effect.Effect<unknown>
): A =>
  Object.fromEntries(
    Object.entries(questions).map(([name, ask]) => [
      name,
      typeof ask === "function" ? (...args: ReadonlyArray<unknown>) => late((ask as Ask)(...args)) : ask
    ])
  ) as A
