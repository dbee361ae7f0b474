/**
 * What a live run keeps where something waits, is undone or writes a log: most runs need none of it, and an empty table
 * takes 150 to 200 bytes. Owns: when one is made, which is when it is first asked for.
 */
import type { AnyCodec, CompensationDef } from "../workflow/Definition.ts"

/** What waits for a signal: what it takes, and how to wake it with a value as JSON text. */
interface Waiting {
  readonly output: AnyCodec
  readonly wake: (text: string) => void
}

/** The tables of a live run. */
export class RunTables {
  #resumed: Set<() => void> | undefined
  #signals: Map<string, Waiting> | undefined
  #undoable: Map<string, CompensationDef> | undefined
  #logCounts: Map<string, number> | undefined

  /** Called when work may begin again after `suspend`. */
  get resumed(): Set<() => void> {
    return this.#resumed ??= new Set()
  }

  /** Whoever is called then is not to be called any more. */
  noLongerWaits(listener: () => void): void {
    this.#resumed?.delete(listener)
  }

  /** Suspended nodes by path. */
  get signals(): Map<string, Waiting> {
    return this.#signals ??= new Map()
  }

  /** How nodes that began here are undone, by their paths, where that is said. */
  get undoable(): Map<string, CompensationDef> {
    return this.#undoable ??= new Map()
  }

  /** How many lines of log each node has written, by its path. */
  get logCounts(): Map<string, number> {
    return this.#logCounts ??= new Map()
  }

  /** Lets everything that waited for `resume` look again. */
  wake(): void {
    for (const listener of [...this.#resumed ?? []]) listener()
  }
}
