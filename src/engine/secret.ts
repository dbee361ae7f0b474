/** Secrets are looked up by name when a body asks for them or its input refers to them; only the name is ever recorded. */
import * as Effect from "effect/Effect"
import { reveal, secretsOf } from "../workflow/Secret.ts"
import type { Host } from "./Host.ts"
import type { LiveNode } from "./LiveNode.ts"
import { errored, type NodeEnd } from "./NodeEnd.ts"

/** The value of a secret; rejects with a sentence that names it when the provider has none. */
export const resolveSecret = async (host: Host, name: string): Promise<string> => {
  const value = await host.secrets(name)
  if (value !== undefined) return value
  throw new Error(`Secret "${name}" is not known: give it to the provider passed as \`secrets\` to open()`)
}

/** Runs work with an input in which references to secrets hold their clear values. */
export const withSecrets = (live: LiveNode, input: unknown, work: (clear: unknown) => Effect.Effect<NodeEnd>): Effect.Effect<NodeEnd> => {
  const names = typeof input === "object" && input !== null ? secretsOf(input) : []
  if (names.length === 0) return work(input)
  const { host } = live.run
  const values = Effect.tryPromise({
    try: () => Promise.all(names.map(async (name) => [name, await resolveSecret(host, name)] as const)),
    catch: (error) => error
  })
  return Effect.matchEffect(values, {
    onSuccess: (pairs) => {
      const clear = new Map(pairs)
      return work(reveal(input, (name) => clear.get(name)!))
    },
    onFailure: (error) => Effect.succeed(errored("BadInput", error, `Cannot resolve the secrets of node "${live.path}"`))
  })
}
