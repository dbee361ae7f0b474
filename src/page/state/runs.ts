/**
 * The list of runs.
 *
 * Owns: the rows of the pages that were read, in order; what was told of since. Does not own: the filter (the address).
 *
 * Invariants
 * - Rows keep their place while one reads: changed ones change where they are, new ones wait to be asked for unless the
 *   reader is at the top.
 */
import { batch, signal } from "@preact/signals"
import { wordsOf } from "../api/Client.ts"
import { get } from "../api/connection.ts"
import type { Run } from "../api/wire.ts"
import type { PhaseCounts } from "../../run/Phase.ts"
import { runQuery } from "../filter/runQuery.ts"

/** The rows. */
export const rows = signal<ReadonlyArray<Run>>([])
/** How many runs are in which phase, whatever phase the filter names. */
export const counts = signal<PhaseCounts>({})
/** `old`: what is shown may have changed meanwhile. */
export const stage = signal<"loading" | "there" | "old">("loading")
/** What is wrong with the filter, or why nothing could be read. */
export const problem = signal("")
/** New runs that are not shown yet. */
export const arrived = signal(0)
/** Where the next page begins; none when all are there. */
export const next = signal<string | undefined>(undefined)

const page = 200
let asked = ""
let turn = 0

interface Page {
  readonly runs: ReadonlyArray<Run>
  readonly next?: string
  readonly counts?: PhaseCounts
}

const read = async (query: URLSearchParams): Promise<Page> => {
  const counting = new URLSearchParams(query)
  counting.delete("phase")
  counting.set("limit", "1")
  counting.set("counts", "")
  const [found, all] = await Promise.all([get<Page>(`/runs?${query}`), get<Page>(`/runs?${counting}`)])
  return { ...found, counts: all.counts ?? {} }
}

/** Reads the list for a filter; what is shown stays until it is there. */
export const load = async (filter: string): Promise<void> => {
  const own = ++turn
  const wanted = runQuery(filter)
  if ("wrong" in wanted) return void (problem.value = wanted.wrong)
  if (filter !== asked) stage.value = stage.peek() === "loading" ? "loading" : "old"
  asked = filter
  wanted.query.set("limit", String(Math.max(page, Math.min(1_000, rows.peek().length))))
  try {
    const found = await read(wanted.query)
    if (own !== turn) return
    batch(() => {
      rows.value = found.runs
      counts.value = found.counts ?? {}
      next.value = found.next
      arrived.value = 0
      problem.value = ""
      stage.value = "there"
    })
  } catch (error) {
    if (own !== turn) return
    batch(() => {
      problem.value = wordsOf(error)
      if (stage.peek() === "there") stage.value = "old"
    })
  }
}

/** Reads the next page, unless another list is asked for meanwhile. */
export const more = async (): Promise<void> => {
  const own = turn
  const wanted = runQuery(asked)
  const from = next.peek()
  if ("wrong" in wanted || from === undefined) return
  next.value = undefined
  wanted.query.set("limit", String(page))
  wanted.query.set("before", from)
  try {
    const found = await get<Page>(`/runs?${wanted.query}`)
    if (own !== turn) return
    rows.value = [...rows.peek(), ...found.runs]
    next.value = found.next
  } catch (error) {
    if (own !== turn) return
    next.value = from
    problem.value = wordsOf(error)
  }
}

let timer: ReturnType<typeof setTimeout> | undefined

/** Reads it again soon: many changes at once are one. */
const soon = (isAtTop: () => boolean): void => {
  timer ??= setTimeout(() => {
    timer = undefined
    if (isAtTop()) void load(asked)
  }, 400)
}

/** Takes in that a run has changed. */
export const changed = (run: Run, isAtTop: () => boolean): void => {
  const known = rows.peek()
  const at = known.findIndex(({ id }) => id === run.id)
  if (at >= 0) {
    const phase = known[at]!.phase
    rows.value = known.with(at, run)
    if (phase !== run.phase) soon(isAtTop)
    return
  }
  // Older ones are on pages that were not read.
  if (known.length > 0 && run.createdAt < known[0]!.createdAt) return
  if (!isAtTop()) arrived.value = arrived.peek() + 1
  soon(isAtTop)
}

/** Takes in that several have. */
export const listChanged = (isAtTop: () => boolean): void => soon(isAtTop)
