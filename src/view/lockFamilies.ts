/** Semaphores with their keys folded: of a family with many keys one line, whatever number of them is in use. Pure. */
import type { SemaphoreView } from "../engine/observe/locks.ts"

/** All keys of a family. */
export interface LockFamily {
  readonly family: string
  readonly keys: ReadonlyArray<SemaphoreView>
  /** The semaphore that its keys share. */
  readonly total: SemaphoreView | undefined
  readonly held: number
  readonly waiting: number
  /** The key for which most wait. */
  readonly longest: SemaphoreView
}

/** A semaphore on its own, or a family. */
export type LockLine = SemaphoreView | LockFamily

/** Each semaphore, and each family of at least two keys in place of them and of their total. */
export const folded = (all: ReadonlyArray<SemaphoreView>): ReadonlyArray<LockLine> => {
  const keys = new Map<string, Array<SemaphoreView>>()
  for (const it of all) if (it.family !== undefined) keys.set(it.family, [...keys.get(it.family) ?? [], it])
  const families = [...keys].filter(([, of]) => of.length > 1).map(([family, of]) =>
    familyOf(family, of, all.find(({ name }) => name === family))
  )
  const isFolded = (it: SemaphoreView): boolean =>
    families.some(({ family }) => it.family === family || it.family === undefined && it.name === family)
  return [...all.filter((it) => !isFolded(it)), ...families]
}

const familyOf = (
  family: string,
  keys: ReadonlyArray<SemaphoreView>,
  total: SemaphoreView | undefined
): LockFamily => ({
  family,
  keys,
  total,
  held: keys.reduce((sum, { held }) => sum + held, 0),
  waiting: keys.reduce((sum, { queue }) => sum + queue.length, 0),
  longest: keys.reduce((most, it) => it.queue.length > most.queue.length ? it : most)
})

/** How much is held and waited for, in a few words: `20/20 held, 340 waiting (acme 331)`. */
export const inWords = ({ family, held, keys, longest, total, waiting }: LockFamily): string => {
  const of = total?.limit === undefined ? "" : `/${total.limit}`
  const most = waiting === 0
    ? ""
    : `, ${waiting} waiting (${longest.name.slice(family.length + 1)} ${longest.queue.length})`
  return `${keys.length} keys, ${held}${of} held${most}`
}
