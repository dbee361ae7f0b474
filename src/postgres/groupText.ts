/** A group of writes as the text of one statement: what comes in bulk by kind, everything else in its order. */
import type { Append } from "../journal/Append.ts"
import type { EventRow, LogLine, Write } from "../journal/Journal.ts"
import { existsError, invalidError } from "../journal/refusals.ts"
import { unstorable } from "../journal/unstorable.ts"
import { collapse } from "../lock/grant.ts"
import type { NodeRow, RunRow } from "../run/State.ts"
import { sendable } from "./text.ts"

interface Bulk {
  readonly creates: Array<{ readonly append: number; readonly id: string }>
  readonly runs: Array<RunRow>
  readonly cells: Array<unknown>
  readonly events: Array<EventRow>
  /** The last row of each node. */
  readonly nodes: Map<string, NodeRow>
  readonly logs: Array<LogLine>
  readonly others: Array<unknown>
  /** The codes whose text the group has. */
  readonly codes: Set<string>
  locks: boolean
}

/** The values of `commit_group` after the first three; refuses appends that create a run twice. Throws `Invalid`. */
export const groupValues = (group: ReadonlyArray<Append>): ReadonlyArray<unknown> => {
  refuseTwins(group)
  const bulk: Bulk = {
    creates: [],
    runs: [],
    cells: [],
    events: [],
    nodes: new Map(),
    logs: [],
    others: [],
    codes: new Set(),
    locks: false
  }
  group.forEach(({ error, writes }, append) => {
    if (error === undefined) { for (const write of writes) put(bulk, append, write) }
  })
  const { cells, creates, events, locks, logs, nodes, others, runs } = bulk
  return [locks, ...[creates, runs, cells, events, [...nodes.values()], logs, others].map(textOf)]
}

const textOf = (rows: ReadonlyArray<unknown>): string | null =>
  rows.length === 0 ? null : sendable(JSON.stringify(rows))

const refuseTwins = (group: ReadonlyArray<Append>): void => {
  const ids = new Set<string>()
  for (const append of group) {
    const own = new Set<string>()
    for (const write of append.writes) {
      if (write.kind !== "create" || append.error !== undefined) continue
      if (ids.has(write.row.id) || own.has(write.row.id)) append.error = existsError(write.row.id)
      own.add(write.row.id)
    }
    if (append.error === undefined) { for (const id of own) ids.add(id) }
  }
}

const put = (bulk: Bulk, append: number, write: Write): void => {
  const wrong = unstorable(write)
  if (wrong !== undefined) throw invalidError(wrong)
  switch (write.kind) {
    case "create":
      bulk.creates.push({ append, id: write.row.id })
      return void bulk.runs.push(write.row)
    case "cell":
      return void bulk.cells.push({ ...write, append })
    case "event":
      return void bulk.events.push(write.row)
    case "node":
      return void bulk.nodes.set(`${write.row.run} ${write.row.path}`, write.row)
    case "log":
      return void bulk.logs.push(write.row)
    case "sweep":
      return
    case "memo":
      return void bulk.others.push(withCode(bulk, write))
    case "forget":
    case "evict":
      bulk.codes.clear()
      return void bulk.others.push(write)
    case "request":
      return putRequest(bulk, write)
    case "release":
    case "semaphore":
    case "refill":
      bulk.locks = true
      return void bulk.others.push(write)
    default:
      return void bulk.others.push(write)
  }
}

/** The text of a code once: it is longer than all else of a result. */
const withCode = ({ codes }: Bulk, write: Extract<Write, { readonly kind: "memo" }>): unknown => {
  const digest = write.code?.digest
  if (digest === undefined || !codes.has(digest)) {
    if (digest !== undefined) codes.add(digest)
    return write
  }
  return { ...write, code: { digest } }
}

const putRequest = (bulk: Bulk, { at, row }: Extract<Write, { readonly kind: "request" }>): void => {
  const takes = collapse(row.takes)
  if (takes.length === 0) return
  bulk.locks = true
  bulk.others.push({ kind: "request", row: { ...row, takes, askedAt: at } })
}
