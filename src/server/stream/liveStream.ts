/**
 * A stream that is pulled: its reader takes what there is, and waits when there is nothing. What it will send is not
 * kept for it, it is read from the journal when it asks; so a slow reader costs what a fast one does, and one that
 * went away costs nothing.
 */
import type { OpenStreams } from "./OpenStreams.ts"

/** What a stream is made of. */
export interface Source {
  /** What there is to send now; `undefined` for nothing yet. */
  readonly take: () => Promise<string | undefined>
  /** Whether nothing more will come. */
  readonly isOver: () => Promise<boolean>
  /** Calls back whenever there may be more, until the returned function is called. */
  readonly listen: (wake: () => void) => () => void
}

/** How a stream behaves. */
export interface Pace {
  /** What is sent when nothing was for a while, so that everybody in between knows that it lives. */
  readonly beat: () => string
  /** That while, in milliseconds; default 15 seconds. */
  readonly every?: number
  /** The least time between two sends, in milliseconds: what happens meanwhile goes along with the next. Default 40. */
  readonly breath?: number
  /** What is sent last when the server is closed. */
  readonly farewell?: string
  /** Is called once it is over, however that came. */
  readonly ended?: () => void
}

/** A stream of bytes until its source is over, the client went away, or the server is closed. */
export const liveStream = (
  streams: OpenStreams,
  signal: AbortSignal,
  source: Source,
  pace: Pace
): ReadableStream<Uint8Array> => {
  const pulled = new Pulled(source, pace)
  const uncount = streams.add(pulled)
  const gone = (): void => pulled.leave()
  pulled.atEnd(() => {
    uncount()
    pace.ended?.()
    signal.removeEventListener("abort", gone)
  })
  signal.addEventListener("abort", gone)
  if (signal.aborted) gone()
  return new ReadableStream(
    { pull: (controller) => pulled.pull(controller), cancel: gone },
    { highWaterMark: 0 }
  )
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/**
 * One stream that is read.
 *
 * Owns: who waits for more, the timer of its next beat.
 * Does not own: what is sent.
 *
 * Invariants
 * - Nothing is taken from the source unless somebody waits for it.
 * - After its end no timer and no listener of it is left.
 */
class Pulled {
  readonly #source: Source
  readonly #pace: Pace
  readonly #unlisten: () => void
  readonly #encoder = new TextEncoder()
  #heard = false
  #isOver = false
  #isClosing = false
  #hurry: () => void = () => {}
  #onEnd = (): void => {}

  constructor(source: Source, pace: Pace) {
    this.#source = source
    this.#pace = pace
    this.#unlisten = source.listen(() => this.#wake())
  }

  atEnd(ended: () => void): void {
    this.#onEnd = ended
  }

  /** The reader wants more: it is answered once there is something to say. */
  async pull(controller: Controller): Promise<void> {
    while (!this.#isOver) {
      if (this.#isClosing) return this.#close(controller, this.#pace.farewell)
      this.#heard = false
      const text = await this.#taken()
      if (this.#isOver) return
      if (text === undefined) return this.#close(controller)
      if (text !== "") return await this.#send(controller, text)
      if (!this.#heard && !await this.#woken(this.#pace.every ?? 15_000)) {
        return void controller.enqueue(this.#encoder.encode(this.#pace.beat()))
      }
    }
  }

  /** The server is closed: the reader is told, and nothing more comes. */
  end(): void {
    this.#isClosing = true
    this.#wake()
  }

  /** The reader went away. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#unlisten()
    this.#wake()
    this.#onEnd()
  }

  #wake(): void {
    this.#heard = true
    this.#hurry()
  }

  /** Text, empty for nothing yet, `undefined` for the end. */
  async #taken(): Promise<string | undefined> {
    try {
      return await this.#source.take() ?? (await this.#source.isOver() ? undefined : "")
    } catch {
      // Who reads comes again and is told then; a half-told error would only be taken for an event.
      return undefined
    }
  }

  async #send(controller: Controller, text: string): Promise<void> {
    controller.enqueue(this.#encoder.encode(text))
    await new Promise<void>((resolve) => setTimeout(resolve, this.#pace.breath ?? 40))
  }

  #close(controller: Controller, farewell = ""): void {
    if (farewell !== "") controller.enqueue(this.#encoder.encode(farewell))
    controller.close()
    this.leave()
  }

  /** Waits until there may be more; answers whether that was within the time. */
  #woken(most: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), most)
      const done = (heard: boolean): void => {
        clearTimeout(timer)
        this.#hurry = () => {}
        resolve(heard)
      }
      this.#hurry = () => done(true)
    })
  }
}
