/**
 * Under which key a result is remembered. Pure.
 *
 * Everything that may change a result is a part with a digest of its own, so that a miss can be explained. Permits,
 * retries, timeouts, paths and runs change none. Secrets count by name, since the digest of a short one gives it away.
 */
import { createHash } from "node:crypto"
import type { CachePart, Json } from "../run/Event.ts"

/** Raised when keys are made in another way: nothing of before is found then. */
const format = "1"

/** Digests are cut to what no two texts share by chance. */
export const digestText = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 32)

/** The key of these parts. */
export const keyOf = (parts: ReadonlyArray<CachePart>): string =>
  digestText(JSON.stringify([format, ...parts.map(([name, digest]) => [name, digest])]))

/** JSON text that is the same for equal values: fields are sorted, and artifacts stand for their bytes. */
export const canonical = (value: Json): string => JSON.stringify(settled(value))

const settled = (value: Json): Json => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(settled)
  const record = value as { readonly [key: string]: Json }
  // A body sees the name and the type of an artifact: only its identity is not what it holds.
  const names = Object.keys(record).filter((name) => name !== "artifact" || !isHandle(record)).sort()
  return Object.fromEntries(names.map((name) => [name, settled(record[name]!)]))
}

const isHandle = (record: { readonly [key: string]: Json }): boolean =>
  typeof record["artifact"] === "string" && /^[\da-f]{64}$/.test(String(record["sha256"])) &&
  ["name", "kind", "mediaType"].every((name) => typeof record[name] === "string")

/** Fields whose digests are kept one by one. */
const fieldsMost = 50

/** The part of an input, with digests of its fields. */
export const inputPart = (value: Json): CachePart => {
  const digest = digestText(canonical(value))
  if (typeof value !== "object" || value === null || Array.isArray(value)) return ["input", digest]
  const fields = Object.entries(value).slice(0, fieldsMost)
  return [
    "input",
    digest,
    Object.fromEntries(fields.map(([name, of]) => [name, digestText(canonical(of)).slice(0, 12)]))
  ]
}
