/** Secrets are looked up by name when a body asks for them; only the name is ever recorded. */
import type { Host } from "./Host.ts"

/** The value of a secret; rejects with a sentence that names it when the provider has none. */
export const resolveSecret = async (host: Host, name: string): Promise<string> => {
  const value = await host.secrets(name)
  if (value !== undefined) return value
  throw new Error(`Secret "${name}" is not known: give it to the provider passed as \`secrets\` to open()`)
}
