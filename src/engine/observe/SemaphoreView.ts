/** What people see of semaphores, and of pools. */

/** Who holds or wants a share of a semaphore. */
export interface PermitView {
  /** The id of the run. */
  readonly run: string
  /** The path of the node; empty for the run as a whole. */
  readonly node: string
  /** How many permits it holds or wants, all at once. */
  readonly weight: number
  /** Milliseconds since the epoch: since when it is held, or wanted. */
  readonly since: number
  /** The process that executes it, by its number in the state file. */
  readonly process?: number
  /** Why it waits; absent for holders. */
  readonly reason?: string
  /** The pool that it waits for, where no process offers a place of it. */
  readonly pool?: string
}

/** A semaphore with its holders and its queue in order. */
export interface SemaphoreView {
  /** The name that everything takes it by. */
  readonly name: string
  /** Of a key: the keyed semaphore it belongs to. Its name is that of the family, a slash and the key. */
  readonly family?: string
  /** Absent while no limit could be read. */
  readonly limit?: number
  /** For a rate: milliseconds in which `limit` permits come back by themselves. */
  readonly per?: number
  /** Where the limit comes from: the code, the state file, workers, or a source such as a file. */
  readonly source: string
  /** Why the limit cannot be read now. */
  readonly problem?: string
  /** How many are held; of a rate, how many are used up and not there again, to a thousandth. */
  readonly held: number
  /** Nobody holds permits of a rate: they are used up. */
  readonly holders: ReadonlyArray<PermitView>
  /** Who waits for permits, the next one first. */
  readonly queue: ReadonlyArray<PermitView>
}
