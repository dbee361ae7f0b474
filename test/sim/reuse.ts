/** Reuse in simulations: few keys that many tasks share, and what has to hold of every result that was reused. */
import type { Disk } from "../../src/journal/Disk.ts"
import { readEvents } from "../../src/journal/diskReads.ts"
import type { CacheNote, Event } from "../../src/run/Event.ts"
import type { CacheDef } from "../../src/workflow/Cache.ts"

/** Tasks of one number give the same, as far as they say. */
export const sharedResult = (number: number): CacheDef => ({
  given: { version: 1, name: `shared${number}`, key: () => 0 },
  ttl: Infinity,
  site: { files: [], loadedAt: 0, isAmbiguous: false }
})

type Finished = Extract<Event, { readonly type: "NodeFinished" }>

const endsOf = (disk: Disk, run: number): ReadonlyArray<Finished> =>
  readEvents(disk, run, 0).flatMap(({ event }) => event.type === "NodeFinished" ? [event] : [])

/**
 * R1 a hit gives what an earlier success gave; R2 an entry is there if and only if its node's success is. Nothing may
 * have been forgotten.
 */
export const brokenReuse = (disk: Disk): ReadonlyArray<string> => {
  const successes = new Map<string, Set<string>>()
  for (const { id, key } of disk.runs.values()) {
    for (const { ending, path } of endsOf(disk, key)) {
      const at = `${id} ${path}`
      if (ending.phase !== "Succeeded") continue
      successes.set(at, (successes.get(at) ?? new Set()).add(JSON.stringify(ending.output)))
    }
  }
  const isKnown = (run: string, path: string, output: string): boolean =>
    !disk.keys.has(run) || successes.get(`${run} ${path}`)?.has(output) === true
  const hits = [...disk.runs.values()].flatMap(({ id, key }) => endsOf(disk, key).map((end) => ({ id, end })))
  return [
    ...hits.flatMap(({ end: { ending, from = "", path, reused }, id }) =>
      reused === undefined || isKnown(from, reused.path, JSON.stringify(ending.output))
        ? []
        : [`R1 ${id} ${path} reused what ${from} ${reused.path} never gave`]
    ),
    ...disk.memos.list({ limit: Infinity }).flatMap(({ cache, key, path, runId }) =>
      isKnown(runId, path, disk.memos.get(cache, key)!.value)
        ? []
        : [`R2 ${cache} is remembered of ${runId} ${path}, and did not end so`]
    ),
    ...[...disk.runs.values()].flatMap(({ id, key }) => forgotten(disk, id, key))
  ]
}

/** Successes of nodes that had a key and are not remembered. */
const forgotten = (disk: Disk, run: string, number: number): ReadonlyArray<string> => {
  const notes = new Map<string, CacheNote | undefined>()
  return readEvents(disk, number, 0).flatMap(({ event }) => {
    if (event.type === "NodeStarted") notes.set(event.path, event.cache)
    if (event.type !== "NodeFinished" || event.ending.phase !== "Succeeded" || event.from !== undefined) return []
    const note = notes.get(event.path)
    if (note === undefined || "off" in note || disk.memos.get(`task/${note.name}`, note.key) !== undefined) return []
    return [`R2 ${run} ${event.path} succeeded and is not remembered`]
  })
}
