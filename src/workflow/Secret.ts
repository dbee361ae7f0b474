/**
 * Secrets: references to values that are known only at run time. A reference is a `Redacted` without a value inside;
 * what is recorded is its name. Clear values exist only in the memory of a running body.
 */
import * as Redacted from "effect/Redacted"
import { isRecord } from "./binding.ts"

// Names of references, and of clear values that were read through a reference.
const names = new WeakMap<object, string>()

/**
 * A reference to the secret `name`, usable where an input field is
 * `Schema.Redacted(Schema.String)`; a provider resolves it at run time.
 */
export const secret = (name: string): Redacted.Redacted<string> => {
  const reference = Redacted.make("", { label: name })
  Redacted.wipeUnsafe(reference)
  names.set(reference, name)
  return reference
}

/** The name behind a redacted value, or `undefined` when it came from nowhere but clear text. */
export const secretName = (value: Redacted.Redacted<unknown>): string | undefined => names.get(value)

/**
 * The names of all secrets a value refers to; looks into plain
 * objects and lists, the only places a schema may have secrets in.
 */
export const secretsOf = (value: unknown): ReadonlyArray<string> => {
  const found = new Set<string>()
  visit(value, (name) => found.add(name))
  return [...found]
}

/** A copy of a value in which every reference holds its clear value; recording the copy still records the names. */
export const reveal = <A>(value: A, clear: (name: string) => string): A => {
  if (Redacted.isRedacted(value)) return revealOne(value, clear) as A
  if (Array.isArray(value)) return value.map((item) => reveal(item, clear)) as A
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item, clear)])) as A
}

const revealOne = (
  reference: Redacted.Redacted<unknown>,
  clear: (name: string) => string
): Redacted.Redacted<unknown> => {
  const name = names.get(reference)
  if (name === undefined) return reference
  const revealed = Redacted.make(clear(name), { label: name })
  names.set(revealed, name)
  return revealed
}

const visit = (value: unknown, found: (name: string) => void): void => {
  if (Redacted.isRedacted(value)) {
    const name = names.get(value)
    if (name !== undefined) found(name)
  } else if (Array.isArray(value)) {
    for (const item of value) visit(item, found)
  } else if (isRecord(value)) {
    for (const item of Object.values(value)) visit(item, found)
  }
}
