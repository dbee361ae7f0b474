/** What an unpacked archive says, decoded and replayed: what comes out of here is a run that could have happened. */
import * as Schema from "effect/Schema"
import type { Recorded } from "../../run/Event.ts"
import { asEvent } from "../../run/eventSchema.ts"
import { fold } from "../../run/evolve.ts"
import { check } from "../../run/invariants.ts"
import { isTerminal } from "../../run/Phase.ts"
import { ArtifactLine, entryBytes, EventLine, formatVersion, LogLineText, Manifest, PlanText } from "./Archive.ts"
import { EntryFault } from "./BadArchive.ts"
import { checked, checkFile, decode, lineOf, readLines, readValue } from "./entries.ts"

/** An archive that can be taken in. */
export interface ArchivedRun {
  readonly manifest: typeof Manifest.Type
  readonly events: ReadonlyArray<Recorded>
  readonly logs: ReadonlyArray<typeof LogLineText.Type>
  readonly artifacts: ReadonlyArray<typeof ArtifactLine.Type>
}

/** Where the bytes of an artifact are. */
export const bytesOf = (index: number): string => `artifacts/${index}`

/** Reads all but the bytes of artifacts. Throws `EntryFault`. */
export const readArchive = async (directory: string): Promise<ArchivedRun> => {
  const manifest = await readManifest(directory)
  const events = (await readLines(directory, eventsEntry, EventLine)).map(({ at, event, seq }, index) =>
    checked(lineOf(eventsEntry, index), () => ({ run: manifest.id, seq, at, event: asEvent(event) }))
  )
  replay(manifest, events)
  const logs = await readLines(directory, "logs.ndjson", LogLineText)
  return { manifest, events, logs, artifacts: await readArtifacts(directory, events) }
}

const eventsEntry = "events.ndjson"
const artifactsEntry = "artifacts.ndjson"

/** The format comes first: all else may be another in another one. */
const readManifest = async (directory: string): Promise<typeof Manifest.Type> => {
  const entry = "run.json"
  const { format } = await readValue(directory, entry, Schema.Struct({ format: Schema.Number }))
  if (format !== formatVersion) {
    throw new EntryFault(entry, `it has format ${format}, and this program knows ${formatVersion}: update the program`)
  }
  const manifest = await readValue(directory, entry, Manifest)
  if (manifest.plan !== undefined) checkPlan(decode(manifest.plan, `${entry}, plan`, PlanText))
  return manifest
}

/** A plan that can be drawn: each nested plan is there, and none is nested in itself. */
const checkPlan = ({ digest, plans }: typeof PlanText.Type): void => {
  const entry = "run.json, plan"
  const done = new Set<string>()
  const visit = (key: string, above: ReadonlyArray<string>): void => {
    if (done.has(key)) return
    if (above.includes(key)) throw new EntryFault(entry, `plan ${key} is nested in itself`)
    if (!Object.hasOwn(plans, key)) throw new EntryFault(entry, `it has no plan ${key}`)
    if (above.length > deepestPlan) throw new EntryFault(entry, `it is nested deeper than ${deepestPlan} plans`)
    for (const { plan } of plans[key]!.nodes) if (plan !== null) visit(plan, [...above, key])
    done.add(key)
  }
  visit(digest, [])
}

const deepestPlan = 200

/** The events give a run that ended, and no invariant of runs is broken on the way. */
const replay = (manifest: typeof Manifest.Type, events: ReadonlyArray<Recorded>): void => {
  events.forEach(({ seq }, index) => {
    if (seq !== index + 1) throw new EntryFault(lineOf(eventsEntry, index), `it is event ${seq}, not ${index + 1}`)
  })
  const { run } = checked(eventsEntry, () => fold(events, 0))
  if (run.workflow !== manifest.workflow || run.digest !== manifest.digest) {
    throw new EntryFault(eventsEntry, `it is a run of workflow "${run.workflow}", and run.json says another one`)
  }
  if (!isTerminal(run.phase)) throw new EntryFault(eventsEntry, "the run has not ended in it")
  const [violation] = check({ events })
  if (violation !== undefined) throw new EntryFault(eventsEntry, `it records something impossible (${violation})`)
}

/** Artifacts belong to nodes of the run, each once, and their bytes are files of the archive. */
const readArtifacts = async (
  directory: string,
  events: ReadonlyArray<Recorded>
): Promise<ArchivedRun["artifacts"]> => {
  const lines = await readLines(directory, artifactsEntry, ArtifactLine)
  const paths = new Set(events.flatMap(({ event }) => "path" in event ? [event.path] : []))
  const seen = new Set<string>()
  for (const [index, { artifact, hasBytes, path, size }] of lines.entries()) {
    const entry = lineOf(artifactsEntry, index)
    if (!paths.has(path)) throw new EntryFault(entry, `the run has no node ${JSON.stringify(path)}`)
    if (seen.has(artifact)) throw new EntryFault(entry, `artifact ${JSON.stringify(artifact)} is listed twice`)
    seen.add(artifact)
    if (hasBytes) await checkFile(directory, bytesOf(index), Math.max(size, entryBytes))
  }
  return lines
}
