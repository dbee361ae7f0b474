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

/**
 * The uid of a run: the instant at which it was created, then a digest of its id (version 8). So the run of a uid is
 * found without a look at any other.
 */
export const uidOfRun = ({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string => {
  const digest = createHash("sha256").update(`pinnace run\0${id}`).digest("hex")
  const instant = createdAt.toString(16).padStart(12, "0").slice(-12)
  const uid = `${instant}8${digest.slice(0, 3)}8${digest.slice(3, 18)}`
  return uid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

/** The instant at which a run was created that has this uid; `undefined` when no run can have it. */
export const createdAtOf = (uid: string): number | undefined => {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.exec(uid) ?? []
  return high === undefined ? undefined : Number.parseInt(`${high}${low}`, 16)
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
