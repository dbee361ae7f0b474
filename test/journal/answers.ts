/** Answers of a journal that answers at once, without effects around them; throws what they fail with. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ArtifactReadsNow } from "../../src/journal/ArtifactRows.ts"
import type { JournalShape } from "../../src/journal/Journal.ts"
import type { ClaimsNow, ReadsNow } from "../../src/journal/Reads.ts"

/** A journal and its answers. */
export type Answered = JournalShape & ReadsNow & ClaimsNow & {
  readonly artifacts: JournalShape["artifacts"] & ArtifactReadsNow
  /** Commits at once what is queued. */
  readonly flush: () => void
}

type Sometime<A> = {
  readonly [K in keyof A]: A[K] extends (...args: infer P) => infer R ? (...args: P) => R | Promise<R> : never
}

/** The same of a journal that may answer later. */
export type Asked = JournalShape & Sometime<ReadsNow> & Sometime<ClaimsNow> & {
  readonly artifacts: JournalShape["artifacts"] & Sometime<ArtifactReadsNow>
  readonly flush: () => void | Promise<void>
}

const now = <A, E>(effect: Effect.Effect<A, E>): A => {
  const exit = Effect.runSyncExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  throw Cause.squash(exit.cause)
}

type Ask = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown>

const answers = (questions: object, answer: (effect: ReturnType<Ask>) => unknown = now): object =>
  Object.fromEntries(
    Object.entries(questions).filter(([, ask]) => typeof ask === "function")
      .map(([name, ask]) => [name, (...args: ReadonlyArray<unknown>) => answer((ask as Ask)(...args))])
  )

/** A journal that answers later, with promises beside its questions. */
export const promisesOf = <J extends JournalShape>(journal: J): J & Asked =>
  Object.assign(journal, {
    ...answers(journal.reads, Effect.runPromise as never),
    ...answers(journal.claims, Effect.runPromise as never),
    artifacts: { ...journal.artifacts, ...answers(journal.reads.artifacts, Effect.runPromise as never) },
    flush: () => Effect.runPromise(journal.drained)
  }) as unknown as J & Asked

/** The same journal, with its answers beside its questions. */
export const answersOf = <J extends JournalShape>(journal: J): J & Answered =>
  "findRun" in journal ? journal as J & Answered : Object.assign(journal, {
    ...answers(journal.reads),
    ...answers(journal.claims),
    artifacts: { ...journal.artifacts, ...answers(journal.reads.artifacts) },
    flush: () => now(journal.drained)
  }) as unknown as J & Answered
