/** What is at paths, each looked at once on one way through a graph: most of what a known project costs is to look. */
import { lstatSync, type Stats, statSync } from "node:fs"

/** Looks at paths, remembered for one way. */
export class Looks {
  readonly #known = new Map<string, Stats | undefined>()

  /** What is at a path, be it a link; nothing where there is nothing. */
  at(path: string): Stats | undefined {
    if (this.#known.has(path)) return this.#known.get(path)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    this.#known.set(path, stats)
    return stats
  }

  /** Whether a path leads to a file. */
  isFile(path: string): boolean {
    const stats = this.at(path)
    return (stats?.isSymbolicLink() === true ? statSync(path, { throwIfNoEntry: false }) : stats)?.isFile() === true
  }
}
