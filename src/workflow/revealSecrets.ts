/** Puts clear values of secrets into the input of a body, just before it runs. */
import type { AnyCodec } from "./Definition.ts"
import { holdsSecrets } from "./sealing.ts"
import { reveal, secretsOf } from "./Secret.ts"

/**
 * The input with its secrets resolved by `lookup`; the input itself, without a Promise, when its schema has no secrets.
 */
export const revealSecrets = <A>(
  codec: AnyCodec,
  input: A,
  lookup: (name: string) => Promise<string>
): A | Promise<A> => holdsSecrets(codec) ? resolved(input, lookup) : input

const resolved = async <A>(input: A, lookup: (name: string) => Promise<string>): Promise<A> => {
  const names = secretsOf(input)
  const values = await Promise.all(names.map(lookup))
  const clear = new Map(names.map((name, index) => [name, values[index]!]))
  return reveal(input, (name) => clear.get(name)!)
}
