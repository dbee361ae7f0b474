/** The least that goes wrong in a red seed until it is red for the same reason. */
import { momentary } from "./Faults.ts"
import type { Befallen, Played, SimulatedFaults } from "./Simulated.ts"

/** Plays the seed with other faults. */
type Play = (faults: SimulatedFaults) => Promise<Played>

/** Kinds of faults, those first without which a seed is read more easily. */
const kinds = ["clockJumps", "slowStores", ...momentary] as const

/** How many choices of crashes and commands are tried. */
const triesMost = 100

/** The same failure with as few kinds of faults as it takes, and with as few of those that happen at commits. */
export const shrunk = async (
  first: Played,
  all: SimulatedFaults,
  play: Play
): Promise<readonly [Played, SimulatedFaults]> => {
  const isSame = async (faults: SimulatedFaults): Promise<boolean> => nameOf(await play(faults)) === nameOf(first)
  const faults = await fewest(await fewKinds(all, isSame), play, isSame)
  // Played last: what bodies did to the world outside is what the error tells of.
  const least = await play(faults)
  if (least.violations.length > 0) return [least, faults]
  const unstable =
    "It does not play the same again: bodies wait for something outside of simulated time, or share a state " +
    "that `begin` does not make new"
  return [{ ...first, violations: [...first.violations, unstable] }, all]
}

type IsSame = (faults: SimulatedFaults) => Promise<boolean>

const fewKinds = async (all: SimulatedFaults, isSame: IsSame): Promise<SimulatedFaults> => {
  let faults = all
  for (const kind of kinds) {
    if (faults[kind] !== false && await isSame({ ...faults, [kind]: false })) faults = { ...faults, [kind]: false }
  }
  return faults
}

/** Of all choices of what happened at commits the smallest that shows the same. */
const fewest = async (faults: SimulatedFaults, play: Play, isSame: IsSame): Promise<SimulatedFaults> => {
  const { befallen } = await play(faults)
  let tries = 0
  for (let size = 1; size < befallen.length; size++) {
    for (const chosen of choices(befallen, size)) {
      if (++tries > triesMost) return faults
      const listed = { ...faults, ...listsOf(chosen) }
      if (await isSame(listed)) return listed
    }
  }
  return faults
}

/** Each choice of `size` of them, in their order. */
const choices = function* <A>(all: ReadonlyArray<A>, size: number): Generator<ReadonlyArray<A>> {
  if (size === 0) return yield []
  for (const [at, first] of all.entries()) {
    for (const others of choices(all.slice(at + 1), size - 1)) yield [first, ...others]
  }
}

const listsOf = (chosen: ReadonlyArray<Befallen>): Partial<SimulatedFaults> =>
  Object.fromEntries(momentary.map((kind) => {
    const moments = chosen.filter((it) => it.kind === kind).map(({ moment }) => moment)
    return [kind, moments.length > 0 && moments]
  }))

/** The name of what does not hold, without its words. */
const nameOf = ({ violations: [first = ""] }: Played): string => first.replace(/:.*/s, "")
