/**
 * The side effects of bodies: each appends lines to a file as it begins and ends,
 * so that what really happened can be compared with what the journal says happened.
 */
import { appendFileSync, readFileSync } from "node:fs"
import process from "node:process"
import type { Recorded, TaskContext } from "../../mod.ts"

/** One line: something a body did. */
export interface Trace {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly run: string
  readonly node: string
  readonly attempt: number
  readonly what: string
  readonly pid: number
}

/** Called for each line this process writes. */
export const onTrace = { tell: (_: Trace): void => {} }

/** Appends a line; one small write with O_APPEND is whole or not there at all. */
export const trace = (context: TaskContext, what: string): void => {
  const { attempt, node, run } = context
  const at = Date.now()
  const file = process.env["PINNACE_TEST_TRACE"]
  if (file !== undefined) appendFileSync(file, `${at} ${run} ${node} ${attempt} ${what} ${process.pid}\n`)
  onTrace.tell({ at, run, node, attempt, what, pid: process.pid })
}

/** The lines of a file in the order they were written. */
export const readTrace = (file: string): ReadonlyArray<Trace> =>
  readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n").filter((line) => line !== "").map((line) => {
    const [at, run, node, attempt, what, pid] = line.split(" ")
    return { at: Number(at), run: run!, node: node!, attempt: Number(attempt), what: what!, pid: Number(pid) }
  })

interface Start {
  readonly at: number
  readonly seq: number
  used: boolean
}

const starts = (events: ReadonlyArray<Recorded>): Map<string, Array<Start>> => {
  const found = new Map<string, Array<Start>>()
  for (const { at, event, seq } of events) {
    if (event.type !== "NodeStarted" && event.type !== "AttemptStarted") continue
    const key = `${event.path} ${event.type === "NodeStarted" ? 1 : event.attempt}`
    found.set(key, [...found.get(key) ?? [], { at, seq, used: false }])
  }
  return found
}

/** What the side effects of one run say against its events; empty when they agree. */
export const contradictions = (lines: ReadonlyArray<Trace>, events: ReadonlyArray<Recorded>): ReadonlyArray<string> => [
  ...undeclared(lines, events),
  ...overlapping(lines),
  ...invented(lines, events)
]

/** Every beginning has a recorded start of its own before it, and no recorded end between the two. */
const undeclared = (lines: ReadonlyArray<Trace>, events: ReadonlyArray<Recorded>): ReadonlyArray<string> => {
  const known = starts(events)
  return lines.filter(({ what }) => what === "begin").flatMap(({ at, attempt, node, pid }) => {
    const start = known.get(`${node} ${attempt}`)?.findLast((it) => it.at <= at)
    const name = `attempt ${attempt} of ${node} (process ${pid}, t=${at})`
    if (start === undefined) return [`N3: ${name} began without a recorded start`]
    if (start.used) return [`N10: ${name} began a second time after one recorded start (seq ${start.seq})`]
    start.used = true
    const end = events.find((it) =>
      it.event.type === "NodeFinished" && it.event.path === node && it.seq > start.seq && it.at < at
    )
    return end === undefined ? [] : [`N10: ${name} was executed although its end was recorded (seq ${end.seq})`]
  })
}

/**
 * Once another process works on a node, the earlier one does nothing more to it, unless it takes the node over again.
 */
const overlapping = (lines: ReadonlyArray<Trace>): ReadonlyArray<string> => {
  const current = new Map<string, number>()
  return lines.flatMap(({ at, node, pid, what }) => {
    // That a beginning is rightful is told by its recorded start.
    if (what === "begin") current.set(node, pid)
    const owner = current.get(node)
    return owner === pid
      ? []
      : [`N4: process ${pid} did "${what}" to ${node} (t=${at}) after process ${owner} had taken it over`]
  })
}

/** What is recorded as succeeded was really done, in that attempt. */
const invented = (lines: ReadonlyArray<Trace>, events: ReadonlyArray<Recorded>): ReadonlyArray<string> => {
  const done = new Set(lines.filter(({ what }) => what === "end").map(({ attempt, node }) => `${node} ${attempt}`))
  const traced = new Set(lines.map(({ node }) => node))
  const attempts = new Map<string, number>()
  return events.flatMap(({ event, seq }) => {
    if (event.type === "NodeStarted") attempts.set(event.path, 1)
    if (event.type === "AttemptStarted") attempts.set(event.path, event.attempt)
    if (event.type !== "NodeFinished" || event.ending.phase !== "Succeeded" || event.from !== undefined) return []
    const attempt = attempts.get(event.path) ?? 0
    if (!traced.has(event.path) || done.has(`${event.path} ${attempt}`)) return []
    return [`N3: ${event.path} is recorded as succeeded (seq ${seq}), but its body never ended in attempt ${attempt}`]
  })
}
