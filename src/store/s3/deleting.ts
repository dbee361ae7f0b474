/** Deletes, a thousand keys a request. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { ArtifactError } from "../../artifact/ArtifactError.ts"
import type { Deletion } from "../../artifact/Store.ts"
import type { Client } from "./Client.ts"
import { meaningOf } from "./failure.ts"
import { elements, escape, text } from "./xml.ts"

const batchSize = 1_000

/** Deletes objects; keys that failed for a moment are tried again, without the others. */
export const deleteObjects = (client: Client, keys: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Deletion>> => {
  const batches = Array.from(
    { length: Math.ceil(keys.length / batchSize) },
    (_, at) => keys.slice(at * batchSize, (at + 1) * batchSize)
  )
  return Effect.map(
    Effect.forEach(batches, (batch) => deleteBatch(client, batch), { concurrency: 4 }),
    (it) => it.flat()
  )
}

const deleteBatch = (client: Client, batch: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Deletion>> =>
  Effect.suspend(() => {
    const errors = new Map<string, ArtifactError>()
    let left = batch
    // Fails as long as trying again may help the keys that are left.
    const once = Effect.flatMap(Effect.suspend(() => request(client, left)), (failures) => {
      for (const key of left) errors.delete(key)
      for (const { error, key } of failures) errors.set(key, error)
      left = failures.filter(({ error }) => error.isRetryable).map(({ key }) => key)
      const [first] = left
      return first === undefined ? Effect.void : Effect.fail(errors.get(first)!)
    })
    return client.retrying(once).pipe(
      Effect.catch((error) => Effect.sync(() => left.forEach((key) => errors.has(key) || errors.set(key, error)))),
      Effect.map(() => batch.map((key) => answer(key, errors.get(key))))
    )
  })

const answer = (key: string, error: ArtifactError | undefined): Deletion =>
  error === undefined ? { key } : { key, error }

interface Failed {
  readonly key: string
  readonly error: ArtifactError
}

/** One request for many keys; one for each where the server knows no such request. */
const request = (client: Client, keys: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Failed>, ArtifactError> => {
  const body = new TextEncoder().encode(deletion(keys.map((key) => client.target.prefix + key)))
  const headers = { "content-type": "application/xml", "content-md5": createHash("md5").update(body).digest("base64") }
  const about = keys.length === 1 ? keys[0] ?? "" : `${keys[0]} and ${keys.length - 1} more`
  return client.call({ operation: "delete", about, method: "POST", path: "", query: { delete: "" }, headers, body })
    .pipe(
      Effect.map(({ text: reply }) => elements(reply, "Error").flatMap((it) => failed(client, it))),
      Effect.catchIf((error) => error.reason === "Unsupported", () => deleteEach(client, keys))
    )
}

const failed = (client: Client, element: string): ReadonlyArray<Failed> => {
  const key = (text(element, "Key") ?? "").slice(client.target.prefix.length)
  const code = text(element, "Code")
  const { cause, reason } = meaningOf(code, 200, text(element, "Message"))
  if (reason === "NotFound") return []
  const denied = code === "AccessDenied" ? "AccessDenied" : reason
  return [{ key, error: client.error({ operation: "delete", about: key }, denied, cause) }]
}

const deleteEach = (client: Client, keys: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Failed>> =>
  Effect.map(
    Effect.forEach(keys, (key) =>
      client.call({ operation: "delete", about: key, method: "DELETE", path: client.target.prefix + key }).pipe(
        Effect.as<ReadonlyArray<Failed>>([]),
        Effect.catch((error) =>
          Effect.succeed(error.reason === "NotFound" ? [] : [{ key, error }])
        )
      ), { concurrency: 16 }),
    (it) =>
      it.flat()
  )

const deletion = (paths: ReadonlyArray<string>): string => {
  const objects = paths.map((path) => `<Object><Key>${escape(path)}</Key></Object>`)
  return `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join("")}</Delete>`
}
