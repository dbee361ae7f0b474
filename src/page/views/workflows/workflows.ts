/** Workflows that can be started here, as the server tells them. */
import type { PlanJson } from "../../../plan/drawing.ts"
import type { Statistics } from "../../../view/statistics.ts"
import { Problem } from "../../api/Client.ts"
import { get } from "../../api/connection.ts"
import type { Schema } from "../../form/shape.ts"

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
