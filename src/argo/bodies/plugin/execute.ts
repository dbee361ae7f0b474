/** Argo's protocol for executor plugins, version 1: a template is posted, a node comes back, or later. */
import { messageFrom } from "../../document/messageFrom.ts"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { BadArgument } from "../../document/BadArgument.ts"

/** Where a plugin listens. */
export interface PluginAddress {
  readonly name: string
  readonly url: string
  /** Sent as a bearer token. */
  readonly token: string
}

/** What is posted. */
export interface ExecuteTemplate {
  readonly workflow: { readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string } }
  readonly template: object
}

/** What a plugin answers: nothing of a node means that the template is not its own. */
export interface Reply {
  readonly node?: {
    readonly phase?: string
    readonly message?: string
    readonly outputs?: {
      readonly parameters?: ReadonlyArray<
        { readonly name: string; readonly value?: unknown; readonly globalName?: string }
      >
      readonly result?: string
      readonly exitCode?: string
    }
  }
  /** When to ask again, as Go writes durations. */
  readonly requeue?: string
}

class Passing extends Error {}

/** Milliseconds that an answer may take. */
const longest = 30_000

/** Posts a template to a plugin. One that is not ready is asked again, with growing pauses of about 12 s in all. */
export const executeTemplate = (plugin: PluginAddress, request: ExecuteTemplate): Effect.Effect<Reply, BadArgument> =>
  Effect.tryPromise({ try: (signal) => post(plugin, request, signal), catch: (error) => error }).pipe(
    Effect.retry({
      schedule: Schedule.exponential("200 millis"),
      times: 6,
      while: (error) => error instanceof Passing
    }),
    Effect.mapError((error) => new BadArgument(`plugin "${plugin.name}" at ${plugin.url}: ${messageFrom(error)}`))
  )

const post = async ({ token, url }: PluginAddress, request: ExecuteTemplate, signal: AbortSignal): Promise<Reply> => {
  const answer = await fetch(`${url.replace(/\/+$/, "")}/api/v1/template.execute`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(request),
    signal: AbortSignal.any([signal, AbortSignal.timeout(longest)])
  }).catch((error) => {
    throw new Passing(messageFrom(error))
  })
  const text = await answer.text()
  // A plugin that has no such method has no such template.
  if (answer.status === 404) return {}
  if (answer.status === 503) throw new Passing("it is not ready (503)")
  if (!answer.ok) throw new Error(`it answered ${answer.status}: ${text.slice(0, 200)}`)
  return read(text)
}

const read = (text: string): Reply => {
  try {
    const made: unknown = JSON.parse(text === "" ? "{}" : text)
    if (typeof made === "object" && made !== null) return made
  } catch {
    // Told below.
  }
  throw new Error(`its answer is not a JSON object: ${text.slice(0, 200)}`)
}
