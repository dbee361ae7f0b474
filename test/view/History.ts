/** The record of one run as a source of views, which may be looked at as it was after any of its events. */
import * as Effect from "effect/Effect"
import type { Event, Recorded } from "../../src/run/Event.ts"
import { fold } from "../../src/run/evolve.ts"
import type { RunSource } from "../../src/view/RunSource.ts"

/** The events in what a simulation tells of its run, line by line. */
export const eventsIn = (history: ReadonlyArray<string>): ReadonlyArray<Recorded> =>
  history.flatMap((line) => {
    const [, seq, at, data] = /^(\d+) t=(\d+) (\{.*)$/s.exec(line) ?? []
    if (data === undefined) return []
    return [{ run: "it", seq: Number(seq), at: Number(at), event: JSON.parse(data) as Event }]
  })

/** A run as far as its event `upTo`. */
export class History {
  upTo: number
  readonly #events: ReadonlyArray<Recorded>
  /** How many events were read. */
  read = 0

  constructor(events: ReadonlyArray<Recorded>, upTo: number = events.length) {
    this.#events = events
    this.upTo = upTo
  }

  get source(): RunSource {
    const none = () => Effect.succeed(undefined)
    return {
      now: () => 0,
      process: 1,
      watch: () => () => {},
      watchAll: () => () => {},
      artifact: none,
      artifactsOf: () => Effect.succeed([]),
      eventsOf: (_, path, first, last) =>
        Effect.sync(() =>
          this.#known.filter(({ event, seq }) => seq >= first && seq <= last && "path" in event && event.path === path)
        ),
      isAlive: () => Effect.succeed(true),
      listRuns: () => Effect.succeed([]),
      logs: () => Effect.succeed([]),
      logsAfter: () => Effect.succeed([]),
      countLogs: () => Effect.succeed(0),
      plan: none,
      definition: none,
      findRun: (id) => id === "it" ? Effect.sync(() => this.#rows.run) : none(),
      getRun: () => Effect.sync(() => this.#rows.run),
      lastSeq: () => Effect.sync(() => this.upTo),
      nodes: () => Effect.sync(() => [...this.#rows.nodes.values()]),
      eventsAt: (_, seqs) =>
        Effect.sync(() => {
          this.read += seqs.length
          return this.#known.filter(({ seq }) => seqs.includes(seq))
        }),
      node: (_, path) => Effect.sync(() => this.#rows.nodes.get(path)),
      events: (_, after, limit = Infinity) =>
        Effect.sync(() => {
          const found = this.#known.slice(after, after + limit)
          this.read += found.length
          return found
        })
    }
  }

  get #known(): ReadonlyArray<Recorded> {
    return this.#events.slice(0, this.upTo)
  }

  get #rows() {
    return fold(this.#known, 1)
  }
}
