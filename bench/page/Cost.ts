/** What something costs. */
import type { Page } from "playwright-core"

/** A figure with its budget. */
export interface Cost {
  readonly what: string
  readonly value: number
  readonly budget: number
  readonly unit: string
}

/** Milliseconds that the main thread of a page worked while something was done. */
export type Worked = (page: Page, act: () => Promise<unknown>) => Promise<number>
