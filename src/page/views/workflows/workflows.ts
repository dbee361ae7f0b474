/** Workflows that can be started here, as the server tells them. */
import { get } from "../../api/connection.ts"

/** A run, as far as statistics tell of it. */
export interface Told {
  readonly id: string
  readonly phase: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly finishedAt?: number
}

/** How the last runs went. */
export interface Statistics {
  readonly of: number
  readonly succeeded: number
  readonly failed: number
  readonly open: number
  readonly p50?: number
  readonly p95?: number
  readonly runs: ReadonlyArray<Told>
}

/** A mistake in a file. */
export interface Problem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint: string
}

/** A workflow of code or of a manifest, or a file with mistakes. */
export interface Listed {
  readonly name: string
  readonly description?: string
  readonly kind: string
  readonly file?: string
  readonly canStart: boolean
  /** The name that its runs have it by. */
  readonly workflow: string
  readonly statistics?: Statistics
  readonly problems?: ReadonlyArray<Problem>
}

/** Reads them all. Throws `Problem`. */
export const readWorkflows = (): Promise<ReadonlyArray<Listed>> => get<ReadonlyArray<Listed>>("/workflows?statistics")

/** The share of ended runs that succeeded, in percent; none have ended: nothing. */
export const successRate = ({ failed, succeeded }: Statistics): number | undefined =>
  succeeded + failed === 0 ? undefined : Math.floor(succeeded / (succeeded + failed) * 100)
