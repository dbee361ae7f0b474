/**
 * Failovers to a replica that is behind: the server has forgotten the latest changes, acknowledged ones among them.
 *
 * Owns: what the replica knows. Does not own: how a process finds out (`Wire.ts`).
 */
import type { Disk } from "../../src/journal/Disk.ts"
import type { Cluster, Process } from "./Cluster.ts"

/** The most of one seed. */
const most = 2

/** What a failover does to others. */
export interface FailoverParts {
  /** The new server does not know this process. */
  readonly fence: (process: Process) => void
  /** It does not know all that it has acknowledged to this one. */
  readonly forgotten: (process: Process) => void
  /** Every session has ended. */
  readonly happened: () => void
}

/** The failovers of one seed. */
export class Failovers {
  count = 0
  readonly #cluster: Cluster
  readonly #disk: Disk
  readonly #random: () => number
  readonly #parts: FailoverParts
  readonly #rate: number
  /** Makes the replica the server. */
  #promote: (() => void) | undefined

  constructor(cluster: Cluster, disk: Disk, random: () => number, parts: FailoverParts) {
    this.#cluster = cluster
    this.#disk = disk
    this.#random = random
    this.#parts = parts
    this.#rate = random() < 0.5 ? 0 : random() * 0.02
  }

  /** The replica is left behind, or takes over, or neither. */
  happen(): void {
    if (this.#rate === 0 || this.count >= most || this.#random() >= this.#rate || !this.#isQuiet) return
    const promote = this.#promote
    this.#promote = promote === undefined ? this.#replica() : undefined
    if (promote === undefined) return
    this.count++
    promote()
    this.#parts.happened()
  }

  /** What has arrived is stored: between two servers nothing is half done. */
  get #isQuiet(): boolean {
    return this.#cluster.living.every(({ world }) => this.#cluster.wireOf(world)?.isQuiet !== false)
  }

  #replica(): () => void {
    const back = this.#disk.saved()
    const known = new Map(
      this.#cluster.living.map(({ journal, world }) => [journal.process, this.#cluster.wireOf(world)!.mark()] as const)
    )
    return () => {
      back()
      for (const process of this.#cluster.living) {
        const { process: number } = process.journal
        if (known.get(number)?.() === true) this.#parts.forgotten(process)
        if (!known.has(number) && this.#disk.members.has(number)) this.#parts.fence(process)
      }
      this.#disk.settle()
    }
  }
}
