/**
 * Which nodes of a run are shown beneath which, and to which shown node those belong that are not shown.
 *
 * Owns: the place of each node. Does not own: which nodes are shown, their order, what is said of them.
 *
 * Invariants
 * - A node that was put stands in exactly one list: `shown` beneath, or `hidden` with, the nearest shown node above it;
 *   the run is the empty path.
 * - Places do not depend on the order in which nodes were put.
 */
import { isHandlerRoot, parent } from "./path.ts"

/** How nodes are arranged. */
export interface Rule {
  readonly isShown: (path: string) => boolean
  /** Which shown handlers come after the nodes that they handle, at the top, instead of beneath them. */
  readonly isApart: (handler: string) => boolean
}

interface Place {
  readonly isShown: boolean
  readonly above: string
}

const none: ReadonlySet<string> = new Set()

/** The places of the nodes of one run. */
export class Arrangement {
  readonly #rule: Rule
  readonly #places = new Map<string, Place>()
  readonly #shown = new Map<string, Set<string>>()
  readonly #hidden = new Map<string, Set<string>>()
  /** All paths directly beneath a path, also of nodes that were not put. */
  readonly #beneath = new Map<string, Set<string>>()

  constructor(rule: Rule) {
    this.#rule = rule
  }

  /** What is shown directly beneath a shown node, or the run. */
  shown(path: string): ReadonlySet<string> {
    return this.#shown.get(path) ?? none
  }

  /** What belongs to a shown node, or to the run, without being shown. */
  hidden(path: string): ReadonlySet<string> {
    return this.#hidden.get(path) ?? none
  }

  /** The shown node, or the run, that a node is shown beneath or belongs to. */
  above(path: string): string {
    return this.#places.get(path)?.above ?? ""
  }

  isShown(path: string): boolean {
    return this.#places.get(path)?.isShown === true
  }

  /** Places a node that began or changed; answers the shown nodes whose lists changed. */
  put(path: string): ReadonlyArray<string> {
    const isShown = this.#rule.isShown(path)
    const former = this.#places.get(path)
    if (former?.isShown === isShown) return []
    if (former === undefined) this.#link(path)
    const changed = this.#move(path, isShown)
    // What is beneath it stood beneath what is above it, or does from now on.
    return this.#beneath.has(path) ? [...changed, ...this.#settle(path)] : changed
  }

  #settle(path: string): ReadonlyArray<string> {
    return [...this.#beneath.get(path) ?? none].flatMap((below) => {
      const place = this.#places.get(below)
      const changed = place === undefined ? [] : this.#move(below, place.isShown)
      return place?.isShown === true ? changed : [...changed, ...this.#settle(below)]
    })
  }

  /** What has something beneath it was linked to all above it then. */
  #link(path: string): void {
    for (let below = path, above = parent(path); above !== null; below = above, above = parent(above)) {
      const siblings = this.#beneath.get(above)
      if (siblings !== undefined) return void siblings.add(below)
      this.#beneath.set(above, new Set([below]))
    }
  }

  #move(path: string, isShown: boolean): ReadonlyArray<string> {
    const former = this.#places.get(path)
    const above = this.#nearest(path, isShown)
    if (former !== undefined && former.isShown === isShown && former.above === above) return []
    if (former !== undefined) this.#lists(former.isShown).get(former.above)?.delete(path)
    this.#places.set(path, { isShown, above })
    const list = this.#lists(isShown).get(above)
    if (list === undefined) this.#lists(isShown).set(above, new Set([path]))
    else list.add(path)
    return former === undefined ? [above] : [former.above, above]
  }

  #lists(isShown: boolean): Map<string, Set<string>> {
    return isShown ? this.#shown : this.#hidden
  }

  #nearest(path: string, isShown: boolean): string {
    const up = (from: string): string | null =>
      isShown && isHandlerRoot(from) && this.#rule.isApart(from) ? null : parent(from)
    let above = up(path)
    while (above !== null && !this.isShown(above)) above = up(above)
    return above ?? ""
  }
}
