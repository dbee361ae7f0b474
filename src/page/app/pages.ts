/** The pages of the rail, in order. */
import type { Sign } from "../parts/Icon.tsx"

/** A page. */
export interface PageLink {
  /** The first part of its address. */
  readonly key: string
  /** The key that goes there after `g`. */
  readonly letter: string
  readonly title: string
  readonly sign: Sign
}

/** The pages. */
export const pages: ReadonlyArray<PageLink> = [
  { key: "runs", letter: "r", title: "Runs", sign: "runs" },
  { key: "inbox", letter: "i", title: "Inbox", sign: "inbox" },
  { key: "workflows", letter: "w", title: "Workflows", sign: "flow" },
  { key: "locks", letter: "l", title: "Locks", sign: "lock" },
  { key: "schedules", letter: "s", title: "Schedules", sign: "calendar" },
  { key: "file", letter: "f", title: "File", sign: "file" }
]
