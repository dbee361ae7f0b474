/** Artifacts from HTTP servers. */
import { Buffer } from "node:buffer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { unpack } from "../../store/archive/unpack.ts"
import { messageFrom } from "../document/messageFrom.ts"
import { BadArgument } from "../document/BadArgument.ts"
import type { HttpSource } from "../document/Locations.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { neededSecret } from "./secrets.ts"

class Passing extends Error {}

/** How long a server may take for an answer, or for its next bytes. */
const patience = Duration.minutes(1)
const stalled = new Passing("the server sends nothing")

/** Loads a file to a path that does not exist; answers whether the server has it. What may pass is tried again. */
export const loadHttp = (
  source: HttpSource,
  stores: ReadonlyArray<StoreDocument>,
  to: string
): Effect.Effect<boolean, BadArgument> =>
  Effect.suspend(() => {
    const headers = headersOf(source, stores)
    const asked = Effect.tryPromise({ try: (signal) => fetch(source.url ?? "", { headers, signal }), catch: passing })
    const once = Effect.flatMap(
      Effect.timeoutOrElse(asked, { duration: patience, orElse: () => Effect.fail(stalled) }),
      (answer) => taken(answer, to)
    )
    return once.pipe(
      Effect.retry({
        schedule: Schedule.exponential("200 millis"),
        times: 4,
        while: (error) => error instanceof Passing
      }),
      Effect.mapError((error) => new BadArgument(`${source.url}: ${messageFrom(error)}`))
    )
  })

const passing = (error: unknown): Passing => new Passing(messageFrom(error))

const taken = (answer: Response, to: string): Effect.Effect<boolean, Error> => {
  const { body, ok, status } = answer
  if (status === 404 || status === 410) return Effect.succeed(false)
  if (!ok || body === null) {
    const message = `the server answered ${status} ${answer.statusText}`.trim()
    return Effect.fail(status >= 500 || status === 429 ? new Passing(message) : new BadArgument(message))
  }
  const bytes = Stream.fromReadableStream({ evaluate: () => body, onError: passing }).pipe(
    Stream.timeoutOrElse({ duration: patience, orElse: () => Stream.fail(stalled) })
  )
  return Effect.as(unpack(bytes, to, { format: "none" }), true)
}

const headersOf = ({ auth, headers = [] }: HttpSource, stores: ReadonlyArray<StoreDocument>): Headers => {
  const made = new Headers()
  for (const { name = "", value = "" } of headers) made.append(name, value)
  const basic = auth?.basicAuth
  if (basic !== undefined) {
    const pair = [basic.usernameSecret, basic.passwordSecret].map((ref) => neededSecret(ref, stores) ?? "").join(":")
    made.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`)
  }
  return made
}
