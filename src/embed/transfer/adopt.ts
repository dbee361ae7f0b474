/**
 * What an archived run becomes in this file: it says where it
 * came from, and names nothing that is this file's own. Pure.
 */
import { createHash } from "node:crypto"
import { importedLabel, originLabel } from "../../run/command.ts"
import type { Event, Json, Recorded } from "../../run/Event.ts"

/** What an event is changed by. */
export interface Adoption {
  /** Ids of artifacts in this file by those they had. */
  readonly ids: ReadonlyMap<string, string>
  readonly digest: string
}

/**
 * Labels of this program say what to execute and how; those of
 * an archive are kept to be read, and mean nothing any more.
 */
const adoptedLabels = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(labels).map(([name, value]) => [originLabel(name), value])),
  [importedLabel]: "true"
})

/** A digest that no definition has: the plan of an archive is never compared with one of here. */
export const adoptedDigest = (digest: string, plan: string | undefined): string =>
  plan === undefined ? `imported/${digest}` : `imported/${createHash("sha256").update(plan).digest("hex").slice(0, 32)}`

/** The event as this file keeps it; retention of the other file does not count here. */
export const adopted = (recorded: Recorded, { digest, ids }: Adoption): Recorded => {
  const event = withIds(recorded.event as never, ids) as unknown as Event
  if (event.type === "RunCreated") {
    const { definition: _, ...rest } = event
    return { ...recorded, event: { ...rest, digest, labels: adoptedLabels(event.labels) } }
  }
  if (event.type !== "RunFinished") return { ...recorded, event }
  const { deleteAt: _, ...rest } = event
  return { ...recorded, event: rest }
}

/**
 * Handles of artifacts get the ids of this file; one of an artifact
 * that is not in the archive must not lead to one of here.
 */
const withIds = (value: Json, ids: ReadonlyMap<string, string>): Json => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((it) => withIds(it, ids))
  const fields = Object.entries(value).map(([name, it]) => [name, withIds(it, ids)] as const)
  const copy = Object.fromEntries(fields) as { [name: string]: Json }
  const { artifact } = copy
  if (typeof artifact === "string" && typeof copy["sha256"] === "string") {
    copy["artifact"] = ids.get(artifact) ?? `imported/${artifact}`
  }
  return copy
}
