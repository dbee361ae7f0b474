/**
 * Ends this process with SIGKILL at a named point, without changing
 * the sources: the journal that the engine was given is wrapped.
 *
 * A point is `name:n` for its n-th time: `before` / `after` (the commit of a group: before it is stored, or when it is
 * stored and nobody has been told), `told` (a turn after everybody was told), `appended-TYPE` / `stored-TYPE` (an event
 * of a type), `begin` / `end` (a body), `claimed` (runs were taken over), `inbox` (commands were read), `sent` (a
 * command was stored), `leaving` (the journal is being closed).
 */
import * as Effect from "effect/Effect"
import process from "node:process"
import type { JournalShape, Write } from "../../src/journal/Journal.ts"
import type { JournalError } from "../../src/journal/JournalError.ts"

/** Counts how often each point was passed, and kills at the one that was asked for. */
export class KillPoint {
  readonly #name: string
  readonly #left: number
  readonly #passed = new Map<string, number>()

  constructor(point: string | undefined) {
    const [name = "", count = "1"] = (point ?? "").split(":")
    this.#name = name
    this.#left = Number(count)
  }

  /** The process is at a point; it may not return. */
  readonly pass = (name: string): void => {
    const times = (this.#passed.get(name) ?? 0) + 1
    this.#passed.set(name, times)
    if (name === this.#name && times === this.#left) process.kill(process.pid, "SIGKILL")
  }
}

type Done = (error: JournalError | undefined) => void
type Mutable = { -readonly [K in keyof JournalShape]: JournalShape[K] }

const types = (writes: ReadonlyArray<Write>): ReadonlyArray<string> =>
  writes.flatMap((write) => write.kind === "event" ? [write.row.type] : [])

/** Wraps a journal in place so that its points are passed; `stored` hears of each append that became durable. */
export const wrap = (
  shape: JournalShape,
  { pass }: KillPoint,
  stored: (writes: ReadonlyArray<Write>) => void
): void => {
  const journal = shape as Mutable
  const { append, claims, close, reads } = shape
  let isOpen = false
  const settled = (writes: ReadonlyArray<Write>, done: Done | undefined): Done => (error) => {
    if (isOpen) {
      pass("after")
      setImmediate(() => pass("told"))
    }
    isOpen = false
    if (error === undefined) {
      for (const type of types(writes)) pass(`stored-${type}`)
      stored(writes)
    }
    done?.(error)
  }
  journal.append = (writes, done) => {
    // Queued before the journal's own turn, so it comes just before the commit, when the whole group is known.
    if (!isOpen) setImmediate(() => pass("before"))
    isOpen = true
    for (const type of types(writes)) pass(`appended-${type}`)
    append(writes, settled(writes, done))
  }
  const passed = <A>(answer: Effect.Effect<A, JournalError>, name: (answer: A) => string | undefined) =>
    Effect.tap(answer, (found) =>
      Effect.sync(() => {
        const point = name(found)
        if (point !== undefined) pass(point)
      }))
  journal.claims = {
    ...claims,
    claim: (options) => passed(claims.claim(options), (rows) => rows.length > 0 ? "claimed" : undefined),
    send: (run, verb, args) => passed(claims.send(run, verb, args), () => "sent")
  }
  journal.reads = {
    ...reads,
    inbox: () => passed(reads.inbox(), (commands) => commands.length > 0 ? "inbox" : undefined)
  }
  journal.close = () => {
    pass("leaving")
    close()
  }
}
