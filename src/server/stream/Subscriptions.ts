/**
 * What one client follows, over one stream: any number of runs, and the list of them. Lines of JSON.
 *
 * - `{"t":"hello","sid","now"}` first: `sid` names the stream, to change what it follows
 * - `{"t":"e","run","seq","at","event"}` an event; in order, each once
 * - `{"t":"end","run"}` the run has ended and all of it was told; `{"t":"gone","run"}` there is no such run
 * - `{"t":"gap","run","from","to"}` the client was too slow and is too far behind: it reads the run again
 * - `{"t":"run","run"}` a run of the list changed; `{"t":"list"}` some did: ask for the list again
 * - `{"t":"session"}` what the server says of itself has changed: ask again
 * - `{"t":"beat","now"}` nothing else for 15 seconds; `{"t":"closed"}` the server ends
 *
 * Owns: how far the client is with each run, and what it was not told of the list.
 * Does not own: events and rows, which are read when they are sent.
 *
 * Invariants
 * - What is kept for a client is bounded by what it follows, never by what happens.
 * - After a cut, a client that names the last `seq` it saw of each run misses nothing and gets nothing twice.
 */
import type { RunRow } from "../../run/State.ts"
import { isTerminal } from "../../run/Phase.ts"
import { runView } from "../../run/view.ts"
import { attention, changes, findRun, getRun, isGone, lastSeq } from "../reads.ts"
import type { Site } from "../Site.ts"
import type { Source } from "./liveStream.ts"

/** What a client wants to follow: runs with the number of the last event that it knows, and whether the list. */
export interface Wanted {
  readonly runs: Readonly<Record<string, number>>
  readonly list: boolean
}

/** How far behind a client that had caught up may fall before it is told to read again. */
const farBehind = 10_000
/** The most runs of the list that changed and are told one by one. */
const mostRows = 200

interface Followed {
  readonly id: string
  readonly key: RunRow["key"]
  seq: number
  hasCaughtUp: boolean
  readonly end: () => void
}

/** What one client follows. */
export class Subscriptions implements Source {
  readonly #site: Site
  readonly #followed = new Map<string, Followed>()
  readonly #tooFar: number
  readonly #lines: Array<object> = []
  readonly #changed = new Set<number>()
  /** Runs that are not there, as far as the client was not told yet. */
  readonly #gone = new Set<string>()
  #isListStale = false
  #isSessionStale = false
  #isOver = false
  /** How often it was told what to follow. */
  #told = 0
  #unlist: (() => void) | undefined
  readonly #unboard: () => void
  #wake: () => void = () => {}

  constructor(site: Site, sid: string, tooFar: number = farBehind) {
    this.#tooFar = tooFar
    this.#site = site
    this.#lines.push({ t: "hello", sid, now: site.now() })
    this.#unboard = site.board.listen(() => {
      this.#isSessionStale = true
      this.#wake()
    })
  }

  /** Follows exactly this from now on; what is followed already goes on where it is. */
  async want({ list, runs }: Wanted): Promise<void> {
    const own = ++this.#told
    const isOld = (): boolean => this.#isOver || own !== this.#told
    for (const [id, { end }] of this.#followed) {
      if (Object.hasOwn(runs, id)) continue
      end()
      this.#followed.delete(id)
    }
    for (const id of this.#gone) if (!Object.hasOwn(runs, id)) this.#gone.delete(id)
    for (const [id, after] of Object.entries(runs)) {
      const row = this.#followed.has(id) ? undefined : await findRun(this.#engine, id)
      // Nothing is begun for a client that has left meanwhile, or wants something else by now.
      if (isOld()) return
      if (!this.#followed.has(id)) this.#follow(id, row, after)
    }
    if (list && this.#unlist === undefined) this.#unlist = changes(this.#engine, (keys) => this.#listChanged(keys))
    if (!list) this.#leaveList()
    this.#wake()
  }

  async take(): Promise<string | undefined> {
    const gone = [...this.#gone].map((run) => ({ t: "gone", run }))
    this.#gone.clear()
    const session = this.#isSessionStale ? [{ t: "session" }] : []
    this.#isSessionStale = false
    const lines: Array<string> = [...this.#lines.splice(0), ...session, ...gone].map((it) => JSON.stringify(it))
    if (!isGone(this.#engine)) {
      for (const run of [...this.#followed.values()]) lines.push(...await this.#news(run))
      lines.push(...await this.#listNews())
    }
    return lines.length === 0 ? undefined : `${lines.join("\n")}\n`
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(isGone(this.#engine))
  }

  listen(wake: () => void): () => void {
    this.#wake = wake
    return () => {
      this.#isOver = true
      for (const { end } of this.#followed.values()) end()
      this.#followed.clear()
      this.#unboard()
      this.#leaveList()
    }
  }

  get #engine() {
    return this.#site.pinnace.engine
  }

  #follow(id: string, row: RunRow | undefined, after: number): void {
    if (row === undefined) return void this.#gone.add(id)
    const end = attention(this.#engine, [row.key], () => this.#wake())
    this.#followed.set(id, { id, key: row.key, seq: after, hasCaughtUp: false, end })
  }

  /** What a client was not told of a run, a page of it at a time. */
  async #news(run: Followed): Promise<ReadonlyArray<string>> {
    const gap = run.hasCaughtUp ? await this.#gapOf(run) : []
    const page = await this.#site.pages.after(run.key, run.seq)
    if (this.#isLeft(run)) return []
    if (page !== undefined) {
      run.seq = page.seq
      // There may be more than a page.
      this.#wake()
      return [...gap, ...page.events.map((it) => `{"t":"e",${it.slice(1)}`)]
    }
    run.hasCaughtUp = true
    return [...gap, ...await this.#endOf(run)]
  }

  /** Whether the client follows it no more, or anew from elsewhere: what was read for it then is of no use. */
  #isLeft(run: Followed): boolean {
    return this.#followed.get(run.id) !== run
  }

  async #gapOf(run: Followed): Promise<ReadonlyArray<string>> {
    const last = await lastSeq(this.#engine, run.key)
    if (last - run.seq <= this.#tooFar) return []
    const from = run.seq
    run.seq = last
    return [JSON.stringify({ t: "gap", run: run.id, from, to: last })]
  }

  /** An ended run is followed no more; it may go on after a retry, and is followed again by who wants that. */
  async #endOf(run: Followed): Promise<ReadonlyArray<string>> {
    const row = await getRun(this.#engine, run.key)
    if (row !== undefined && (!isTerminal(row.phase) || await lastSeq(this.#engine, run.key) > run.seq)) return []
    if (this.#isLeft(run)) return []
    run.end()
    this.#followed.delete(run.id)
    return [JSON.stringify({ t: row === undefined ? "gone" : "end", run: run.id })]
  }

  #listChanged(keys: ReadonlyArray<number>): void {
    if (keys.length === 0 || this.#changed.size > mostRows) this.#isListStale = true
    else for (const key of keys) this.#changed.add(key)
    this.#wake()
  }

  async #listNews(): Promise<ReadonlyArray<string>> {
    const keys = [...this.#changed]
    const isStale = this.#isListStale
    this.#changed.clear()
    this.#isListStale = false
    if (isStale) return ['{"t":"list"}']
    const rows = await Promise.all(keys.map((key) => getRun(this.#engine, key)))
    return rows.map((row) => row === undefined ? '{"t":"list"}' : JSON.stringify({ t: "run", run: runView(row) }))
  }

  #leaveList(): void {
    this.#unlist?.()
    this.#unlist = undefined
    this.#changed.clear()
    this.#isListStale = false
  }
}
