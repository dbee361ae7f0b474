/**
 * Temporary artifacts of a live run: they go as soon as the last node that can read them has ended.
 *
 * Owns: which are still there, by the node that gave them; while
 * there are some, which nodes have ended with their handlers.
 * Does not own: rows, deleting.
 * Invariant: the end of a node costs one look per node that gave some, however many it gave.
 */
import { giver, hasEnded, openReader, type Standing } from "../../run/readers.ts"

interface Given {
  readonly artifacts: Array<string>
  /** A node that can still read them; others are looked for when it has ended. */
  reader: string
}

/** The temporary artifacts of one run. */
export class Temps {
  /** Neither is made before there is one. */
  #given: Map<string, Given> | undefined
  #over: Set<string> | undefined

  /** Whether no node gave any that is still there. */
  get isEmpty(): boolean {
    return this.#given === undefined || this.#given.size === 0
  }

  /** The node at a path gave one. */
  add(plan: Standing["plan"], path: string, artifact: string): void {
    const node = giver(plan, path)
    const all = this.#given ??= new Map()
    const given = all.get(node)
    if (given === undefined) all.set(node, { artifacts: [artifact], reader: node })
    else given.artifacts.push(artifact)
  }

  /**
   * A node and its handlers have ended: takes out what nobody can
   * read any more. `isOver` adds to what is over after a restart.
   */
  end(path: string, standing: Standing): ReadonlyArray<string> {
    const all = this.#given
    if (all === undefined || all.size === 0) return []
    const over = (this.#over ??= new Set()).add(path)
    const known = { ...standing, isOver: (one: string) => over.has(one) || standing.isOver(one) }
    const free = [...all].filter(([node, given]) => isFree(known, node, given))
    for (const [node] of free) all.delete(node)
    return free.flatMap(([, { artifacts }]) => artifacts)
  }
}

const isFree = (standing: Standing, node: string, given: Given): boolean => {
  if (given.reader === "" || !hasEnded(standing, given.reader)) return false
  const reader = openReader(standing, node)
  given.reader = reader ?? given.reader
  return reader === undefined
}
