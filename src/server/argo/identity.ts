/** Names, ids and instants as Argo has them. Pure. */
import { createHash, randomInt } from "node:crypto"

/** The namespace of everything that names no other. */
export const NAMESPACE = "argo"

/** A UUID that is always the same for the same words (version 5). */
export const uidOf = (...words: ReadonlyArray<string>): string => {
  const hash = createHash("sha1").update(`pinnace\0${words.join("\0")}`).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString("hex").slice(0, 32)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

const letters = "bcdfghjklmnpqrstvwxz2456789"

/** A name that begins so, with five letters of Kubernetes. */
export const generatedName = (prefix: string): string =>
  `${prefix}${Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("")}`

/** An instant with seconds, as Go reads it; none is `null`, never empty. */
export const timeOf = (millis: number | undefined): string | null =>
  millis === undefined || millis === 0 ? null : new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

/** The labels of people and of Argo: what is kept for the command itself is none. */
export const shownLabels = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !/^(?:pinnace|imported)\//.test(name)))
