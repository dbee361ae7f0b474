/** The order in which nodes are undone in parallel. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { NodeRow } from "../../run/State.ts"

/** What is undone: a node, of which it matters when it began and ended. */
export interface Lived {
  readonly row: Pick<NodeRow, "inputSeq" | "resultSeq">
}

/** One that waits for its turn. */
interface Turn<A> {
  readonly it: A
  /** Of those that began last, how many have to be undone before. */
  readonly after: number
  readonly gate: Deferred.Deferred<void>
}

/**
 * Undoes each once all is undone that began after its end: whatever has read it is among that. So what worked side by
 * side is undone side by side.
 */
export const sideBySide = <A extends Lived>(
  all: ReadonlyArray<A>,
  undo: (it: A) => Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const turns = new Turns(all)
    const each = ({ gate, it }: Turn<A>): Effect.Effect<void> =>
      Effect.andThen(
        Effect.andThen(Deferred.await(gate), Effect.suspend(() => undo(it))),
        Effect.sync(() => turns.undone(it))
      )
    return Effect.forEach(turns.all, each, { concurrency: "unbounded", discard: true })
  })

/**
 * Whose turn it is.
 *
 * Owns: what has been undone. Invariant: those before a turn are the first of `begun`, so a count says whether it has
 * come, and many turns cost no more than to sort them.
 */
class Turns<A extends Lived> {
  /** Those whose turn comes first come first. */
  readonly all: ReadonlyArray<Turn<A>>
  /** Those that began last come first. */
  readonly #begun: ReadonlyArray<A>
  readonly #undone = new Set<A>()
  /** How many of `begun` are undone, before the first that is not. */
  #done = 0
  /** How many turns have come. */
  #open = 0

  constructor(all: ReadonlyArray<A>) {
    const begun = all.toSorted((a, b) => beganAt(b) - beganAt(a))
    this.#begun = begun
    this.all = all.toSorted((a, b) => b.row.resultSeq - a.row.resultSeq).map((it) => ({
      it,
      after: after(begun, it.row.resultSeq),
      gate: Deferred.makeUnsafe<void>()
    }))
    this.#advance()
  }

  undone(it: A): void {
    this.#undone.add(it)
    this.#advance()
  }

  #advance(): void {
    while (this.#done < this.#begun.length && this.#undone.has(this.#begun[this.#done]!)) this.#done++
    while (this.#open < this.all.length && this.all[this.#open]!.after <= this.#done) {
      Deferred.doneUnsafe(this.all[this.#open++]!.gate, Effect.void)
    }
  }
}

/** How many of those that began last began after an event. */
const after = (begun: ReadonlyArray<Lived>, seq: number): number => {
  let [least, most] = [0, begun.length]
  while (least < most) {
    const middle = (least + most) >> 1
    if (beganAt(begun[middle]!) > seq) least = middle + 1
    else most = middle
  }
  return least
}

/** The number of the event of its beginning; of one that was given nothing that of its end, since no other is known. */
const beganAt = ({ row: { inputSeq, resultSeq } }: Lived): number => inputSeq === 0 ? resultSeq : inputSeq
