/**
 * Work that is done in pieces of some milliseconds: who has time for it lets others go on between two of them, who has
 * not does all of it at once.
 */

/** Such work; a step of it does one piece. */
export type Pieces<A> = Generator<void, A>

/** Nodes that are gone through in one piece: a few milliseconds, whatever is done with each. */
export const nodesAtOnce = 1_000

/** Does all of it now. */
export const allNow = <A>(work: Pieces<A>): A => {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/** What each of many becomes, in their order. */
export function* mapped<A, B>(all: ReadonlyArray<A>, to: (one: A, index: number) => B): Pieces<Array<B>> {
  const found: Array<B> = []
  for (let index = 0; index < all.length; index++) {
    if (index > 0 && index % nodesAtOnce === 0) yield
    found.push(to(all[index]!, index))
  }
  return found
}
