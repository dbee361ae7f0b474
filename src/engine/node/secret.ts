/**
 * Secrets are looked up by name when a body asks for them or its input refers to them; only the name is ever recorded.
 */
import * as Effect from "effect/Effect"
import { admitOne, text } from "../../workflow/admit.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import { revealSecrets } from "../../workflow/revealSecrets.ts"
import type { LiveNode, LiveRun } from "../Live.ts"
import { droppable } from "./droppable.ts"
import { errored, type NodeEnd } from "./NodeEnd.ts"

/** The value of a secret; rejects with a sentence that names it when the provider has none. */
const resolveSecret = async ({ host, mask }: LiveRun, name: string): Promise<string> => {
  admitOne("the name of a secret", name, text)
  const value = await host.secrets(name)
  if (value !== undefined) admitOne(`what the provider gave for secret "${name}"`, value, text)
  if (value !== undefined) {
    mask.add(name, value)
    return value
  }
  throw new Error(`Secret "${name}" is not known: let the \`secrets\` of open() provide it`)
}

/** How a body of this run asks for secrets. */
export const secretsFor = (run: LiveRun): (name: string) => Promise<string> =>
  droppable((name: string) => resolveSecret(run, name))

/** Runs work with an input in which references to secrets hold their clear values. */
export const withSecrets = (
  live: LiveNode,
  codec: AnyCodec,
  input: unknown,
  work: (clear: unknown) => Effect.Effect<NodeEnd>
): Effect.Effect<NodeEnd> => {
  const revealed = revealSecrets(codec, input, (name) => resolveSecret(live.run, name))
  if (!(revealed instanceof Promise)) return work(revealed)
  return Effect.matchEffect(Effect.tryPromise({ try: () => revealed, catch: (error) => error }), {
    onSuccess: work,
    onFailure: (error) => Effect.succeed(errored("BadInput", error, "Its secrets cannot be resolved"))
  })
}
