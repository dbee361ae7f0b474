/**
 * One stream of the server for any number of readers: tabs of a browser, by a worker that they share, or one page.
 *
 * Owns: the connection, how far it is with each run, who wants what.
 * Does not own: what readers know; each asks for what it missed, by the numbers of events.
 *
 * Invariants
 * - There is at most one connection; after a cut it is made again, later each time, and at once when somebody asks.
 * - A connection on which nothing comes for three beats of the server is cut, too.
 * - The server is told of wishes one after the other, the latest last, until it has taken it in.
 * - `following` names a run to a reader only when the stream of now has taken in a wish with it, and the reader still
 *   wants it; from then on all events of the run are told, or a gap, or that the connection is lost.
 */
import { ask, type Asking, Problem } from "./Client.ts"
import type { StreamLine } from "./wire.ts"

/** What a reader asks. */
export interface Wish {
  /** Runs with the number of the last event that the reader knows. */
  readonly runs: Readonly<Record<string, number>>
}

/** How the connection stands; `again` is in how many milliseconds it is tried again. */
export type Standing =
  | { readonly is: "connecting" | "live" | "refused" | "idle" }
  | { readonly is: "lost"; readonly again: number; readonly why: string }

/** What a reader is told. */
export type Tidings =
  | { readonly t: "standing"; readonly standing: Standing }
  | { readonly t: "following"; readonly runs: ReadonlyArray<string> }
  | StreamLine

/** How long nothing may come, nor an answer to a wish, in milliseconds: the server says something every 15 seconds. */
const silence = 45_000
/** After which time a wish that was not taken in is told again, in milliseconds. */
const pause = 500

interface Reader {
  wish: Wish
  readonly tell: (tidings: Tidings) => void
}

/** The stream. */
export class Feed {
  readonly #asking: Asking
  readonly #readers = new Map<number, Reader>()
  readonly #positions = new Map<string, number>()
  #sid = ""
  #standing: Standing = { is: "idle" }
  #attempt = 0
  #gone: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Whether wishes have changed since the server was told, and whether it is being told. */
  #hasChanged = false
  #isTelling = false

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** A reader comes; it is told of everything from here on. */
  join(id: number, tell: Reader["tell"]): void {
    this.#readers.set(id, { wish: { runs: {} }, tell })
    tell({ t: "standing", standing: this.#standing })
    if (this.#gone === undefined) void this.#connect()
  }

  /** A reader goes; the last one closes the connection. */
  leave(id: number): void {
    this.#readers.delete(id)
    if (this.#readers.size > 0) return
    clearTimeout(this.#timer)
    this.#gone?.abort()
    this.#gone = undefined
    this.#sid = ""
    this.#stand({ is: "idle" })
  }

  /** What a reader wants from now on. */
  want(id: number, wish: Wish): void {
    const reader = this.#readers.get(id)
    if (reader === undefined) return
    reader.wish = wish
    void this.#follow()
  }

  /** Connects at once where the connection is lost. */
  hurry(): void {
    if (this.#standing.is !== "lost" && this.#standing.is !== "refused") return
    clearTimeout(this.#timer)
    void this.#connect()
  }

  async #connect(): Promise<void> {
    const gone = new AbortController()
    this.#gone = gone
    if (this.#standing.is === "idle") this.#stand({ is: "connecting" })
    const cut = (): void => gone.abort(new Problem(0, "Silent", "The server is silent"))
    let limit = setTimeout(cut, silence)
    const heard = (): void => {
      clearTimeout(limit)
      limit = setTimeout(cut, silence)
    }
    try {
      const response = await ask(this.#asking, "GET", "/stream?list=1", undefined, gone.signal)
      await this.#read(response.body!, heard)
      throw new Problem(0, "Cut", "The server has ended the stream")
    } catch (error) {
      if (this.#gone === gone) this.#lost(error)
    } finally {
      clearTimeout(limit)
    }
  }

  #lost(error: unknown): void {
    this.#sid = ""
    // What was asked for that stream is waited for no longer.
    this.#gone?.abort(error)
    if (error instanceof Problem && error.status === 401) return this.#stand({ is: "refused" })
    const [chance = 0] = crypto.getRandomValues(new Uint8Array(1))
    const again = Math.round(Math.min(500 * 2 ** this.#attempt++, 10_000) * (0.75 + chance / 512))
    this.#stand({ is: "lost", again, why: error instanceof Error ? error.message : "The connection was lost" })
    this.#timer = setTimeout(() => void this.#connect(), again)
  }

  async #read(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
    let rest = ""
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      heard()
      const lines = (rest + value).split("\n")
      rest = lines.pop()!
      for (const line of lines) if (line !== "") this.#take(JSON.parse(line) as StreamLine)
    }
  }

  #take(line: StreamLine): void {
    if (line.t === "hello") {
      this.#sid = line.sid
      this.#attempt = 0
      this.#stand({ is: "live" })
      void this.#follow()
    }
    if (line.t === "e") this.#positions.set(line.run, line.seq)
    if (line.t === "gap") this.#positions.set(line.run, line.to)
    for (const reader of this.#readers.values()) {
      if (line.t !== "e" || Object.hasOwn(reader.wish.runs, line.run)) reader.tell(line)
    }
  }

  /** Tells the server what all readers want together; what they want meanwhile is told after it. */
  async #follow(): Promise<void> {
    this.#hasChanged = true
    if (this.#isTelling) return
    this.#isTelling = true
    while (this.#hasChanged && this.#sid !== "") {
      this.#hasChanged = false
      const sid = this.#sid
      if (await this.#tellWish(sid)) continue
      this.#hasChanged = true
      if (sid === this.#sid) await new Promise((resolve) => setTimeout(resolve, pause))
    }
    this.#isTelling = false
  }

  /** Answers whether that is over for the stream of now: what the server refuses for good is not told again. */
  async #tellWish(sid: string): Promise<boolean> {
    const runs = this.#wanted()
    try {
      await this.#post(sid, { runs, list: true })
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0
      // The stream may be over at the server before that is known here.
      if (status === 404 && sid === this.#sid) this.#gone?.abort(error)
      return sid === this.#sid && status >= 400 && status < 500 && status !== 429
    }
    if (sid !== this.#sid) return false
    for (const { tell, wish } of this.#readers.values()) {
      const followed = Object.keys(wish.runs).filter((id) => Object.hasOwn(runs, id))
      if (followed.length > 0) tell({ t: "following", runs: followed })
    }
    return true
  }

  async #post(sid: string, wish: object): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Problem(0, "Silent", "The server is silent")), silence)
    const ends = [late.signal, ...this.#gone === undefined ? [] : [this.#gone.signal]]
    await ask(this.#asking, "POST", `/stream/${sid}`, wish, AbortSignal.any(ends)).finally(() => clearTimeout(timer))
  }

  #wanted(): Readonly<Record<string, number>> {
    const runs: Record<string, number> = {}
    for (const { wish } of this.#readers.values()) {
      for (const [id, known] of Object.entries(wish.runs)) {
        runs[id] = Math.max(known, runs[id] ?? 0, this.#positions.get(id) ?? 0)
      }
    }
    for (const id of this.#positions.keys()) if (!Object.hasOwn(runs, id)) this.#positions.delete(id)
    return runs
  }

  #stand(standing: Standing): void {
    this.#standing = standing
    for (const { tell } of this.#readers.values()) tell({ t: "standing", standing })
  }
}
