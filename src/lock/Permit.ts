/** Permits as rows: who asked for what, in which order, and who holds it. */

/** A share of one semaphore: its name and how many of its permits (at least 1). */
export interface Take {
  readonly name: string
  readonly weight: number
}

/** What one node (or the run, path "") asks for: all of it or nothing. */
export interface PermitRequest {
  readonly run: number
  readonly path: string
  /** Larger goes first. */
  readonly priority: number
  readonly takes: ReadonlyArray<Take>
}

/**
 * A request as stored: `arrival` orders requests of the same priority;
 * `grantedAt` is 0 while it waits (milliseconds since the epoch).
 */
export interface PermitRow extends PermitRequest {
  readonly arrival: number
  readonly askedAt: number
  readonly grantedAt: number
}

/**
 * What is known of a semaphore: its limit (`null` while its source
 * has not answered), where that comes from, what is wrong with it.
 */
export interface SemaphoreRow {
  readonly name: string
  readonly limit: number | null
  /**
   * For a rate: milliseconds in which `limit` permits come back by themselves; `null` for permits that are given back.
   */
  readonly per: number | null
  readonly source: string
  readonly problem: string | null
}
