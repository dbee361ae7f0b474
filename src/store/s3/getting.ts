/** Downloads: what is cut off is continued where it broke, as long as the object is the same. */
import type { IncomingMessage } from "node:http"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import { type Call, type Client, unreachable } from "./Client.ts"
import { headerOf } from "./exchange.ts"

/** The bytes of an object from `start` up to and without `end`. */
export const getObject = (
  client: Client,
  key: string,
  start: number,
  end: number
): Stream.Stream<Uint8Array, ArtifactError> =>
  Stream.unwrap(Effect.gen(function* () {
    const download = new Download(client, key, start, end)
    yield* Effect.addFinalizer(() => download.close())
    yield* client.retrying(download.open())
    return Stream.fromPull(Effect.succeed(download.pull()))
  }))

type Chunks = readonly [Uint8Array]

/** Owns: one answer's body at a time and the place in the object. Invariant: no byte is given twice or left out. */
class Download {
  readonly #client: Client
  readonly #key: string
  readonly #end: number
  #offset: number
  /** Where the bytes end, known since the first answer. */
  #stop = Infinity
  #tag: string | undefined
  #reply: IncomingMessage | undefined
  #chunks: AsyncIterator<Uint8Array> | undefined

  constructor(client: Client, key: string, start: number, end: number) {
    this.#client = client
    this.#key = key
    this.#offset = start
    this.#end = end
  }

  pull(): Pull.Pull<Chunks, ArtifactError> {
    return Effect.suspend(() => this.#offset >= this.#stop ? Cause.done() : this.#next())
  }

  /** Asks for the bytes from here on. An empty part of an object cannot be asked for. */
  open(): Effect.Effect<void, ArtifactError> {
    return Effect.suspend(() => {
      if (this.#offset >= this.#end) return this.#nothing()
      const ranged = this.#offset > 0 || this.#end !== Infinity
      const headers: Record<string, string> = {
        ...(ranged ? { range: `bytes=${this.#offset}-${this.#end === Infinity ? "" : this.#end - 1}` } : {}),
        ...(this.#tag === undefined ? {} : { "if-match": this.#tag })
      }
      return this.#client.open({ ...this.#call("GET"), headers }).pipe(
        Effect.flatMap((reply) => this.#begin(reply, ranged)),
        Effect.catchIf((error) => error.reason === "InvalidRange", () => this.#nothing()),
        Effect.catchIf((error) => error.reason === "Exists", () => Effect.fail(this.#error(replaced)))
      )
    })
  }

  close(): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#reply?.destroy()
      this.#reply = undefined
      this.#chunks = undefined
    })
  }

  #next(): Pull.Pull<Chunks, ArtifactError> {
    const opened = Effect.suspend(() => this.#chunks === undefined ? this.open() : Effect.void)
    const step = Effect.andThen(opened, this.#read())
    // One that broke off is opened anew by the next try.
    const cleaned = Effect.tapError(step, () => this.close())
    return Effect.flatMap(this.#client.retrying(cleaned), (chunk) => {
      if (chunk === undefined) return Cause.done()
      this.#offset += chunk.length
      return Effect.succeed<Chunks>([chunk])
    })
  }

  /**
   * The next chunk; undefined at the end. An end that comes too early is a failure, whatever the runtime makes of it.
   */
  #read(): Effect.Effect<Uint8Array | undefined, ArtifactError> {
    const { timeout } = this.#client.target
    return Effect.suspend(() => {
      if (this.#offset >= this.#stop) return Effect.succeed(undefined)
      return Effect.tryPromise({
        try: () => this.#chunks!.next(),
        catch: (cause) => this.#error(unreachable(cause).cause)
      }).pipe(
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () => Effect.fail(this.#error(`no byte came within ${timeout} ms`))
        }),
        Effect.flatMap(({ value }) =>
          value === undefined
            ? Effect.fail(this.#error("the connection ended before the object did"))
            : Effect.succeed(value)
        )
      )
    })
  }

  #begin(reply: IncomingMessage, ranged: boolean): Effect.Effect<void, ArtifactError> {
    this.#reply = reply
    const length = Number(headerOf(reply, "content-length") ?? Number.NaN)
    if (ranged && reply.statusCode !== 206) {
      return Effect.fail(this.#error("the server ignored the range", "Unsupported"))
    }
    if (!Number.isSafeInteger(length)) return Effect.fail(this.#error("the server gave no length", "Unsupported"))
    this.#stop = this.#offset + length
    this.#tag ??= headerOf(reply, "etag")
    this.#chunks = (reply as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    return Effect.void
  }

  /** That there is no byte is known; that there is an object is not. */
  #nothing(): Effect.Effect<void, ArtifactError> {
    this.#stop = this.#offset
    return Effect.asVoid(this.#client.call(this.#call("HEAD")))
  }

  #call(method: "GET" | "HEAD"): Call {
    return { operation: "get", about: this.#key, method, path: this.#client.target.prefix + this.#key }
  }

  #error(cause: string, reason: ArtifactError["reason"] = "Unreachable"): ArtifactError {
    return this.#client.error({ operation: "get", about: this.#key }, reason, cause)
  }
}

const replaced = "the object was replaced while it was read. Read it again"
