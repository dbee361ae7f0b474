/** Workflows that can be started here, as the server tells them. */
import type { PlanJson } from "../../../plan/drawing.ts"
import { Problem } from "../../api/Client.ts"
import { get } from "../../api/connection.ts"
import type { Schema } from "../../form/shape.ts"

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
export interface Mistake {
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
  readonly problems?: ReadonlyArray<Mistake>
}

/** Runs of one definition. */
export interface Version {
  readonly digest: string
  readonly runs: number
  readonly succeeded: number
  readonly failed: number
  readonly first: number
  readonly last: number
  readonly run: string
}

/** How one workflow went, and which definitions it had. */
export interface History {
  readonly workflow: string
  readonly statistics: Statistics
  readonly versions: ReadonlyArray<Version>
  /** What the server knows of the same workflow besides, such as `order@1`. */
  readonly others: ReadonlyArray<string>
}

/** What one workflow takes and gives, and how it is made. */
export interface Described extends Pick<Listed, "description" | "file" | "kind" | "name"> {
  readonly canStart?: boolean
  readonly input: Schema | null
  readonly output: Schema | null
  readonly error: Schema | null
  readonly signals: Readonly<Record<string, Schema | null>>
  readonly graph: PlanJson | null
  /** The files of a manifest. */
  readonly text?: string
}

/** One of them; `undefined` for what this server does not know. Throws `Problem`. */
export const readWorkflow = async (name: string): Promise<Described | undefined> => {
  try {
    return await get<Described>(`/workflows/${encodeURIComponent(name)}`)
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined
    throw error
  }
}

/** Reads them all. Throws `Problem`. */
export const readWorkflows = (): Promise<ReadonlyArray<Listed>> => get<ReadonlyArray<Listed>>("/workflows?statistics")

/** The share of ended runs that succeeded, in percent; none have ended: nothing. */
export const successRate = ({ failed, succeeded }: Statistics): number | undefined =>
  succeeded + failed === 0 ? undefined : Math.floor(succeeded / (succeeded + failed) * 100)
