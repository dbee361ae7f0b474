/** What is read of storage besides what the engine's own face gives: the one place of the server that asks it. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import { payAttention } from "../engine/observe/whenChanged.ts"
import type { LogLine } from "../journal/Reads.ts"
import type { Recorded } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"
import { type ArtifactView, artifactView } from "../run/view.ts"

/** The row of a run by its id. */
export const findRun = ({ host: { journal } }: Engine, id: string): Promise<RunRow | undefined> =>
  Effect.runPromise(journal.reads.findRun(id))

/** The row of a run that was there. */
export const getRun = ({ host: { journal } }: Engine, key: number): Promise<RunRow | undefined> =>
  Effect.runPromise(journal.reads.getRun(key))

/** Events of a run after a number. */
export const eventsAfter = (
  { host: { journal } }: Engine,
  key: number,
  after: number,
  limit: number
): Promise<ReadonlyArray<Recorded>> => Effect.runPromise(journal.reads.events(key, after, limit))

/** The number of the last event of a run. */
export const lastSeq = ({ host: { journal } }: Engine, key: number): Promise<number> =>
  Effect.runPromise(journal.reads.lastSeq(key))

/** Lines of a run or of one node. */
export const linesOf = ({ host: { journal } }: Engine, key: number, path?: string): Promise<ReadonlyArray<LogLine>> =>
  Effect.runPromise(journal.reads.logs(key, path))

/** An artifact by its id. */
export const artifactOf = async ({ host: { journal } }: Engine, id: string): Promise<ArtifactView | undefined> => {
  const row = await Effect.runPromise(journal.reads.artifacts.get(id))
  return row === undefined ? undefined : artifactView(row)
}

/** Calls back after every notice about these runs, from any process, until the returned function is called. */
export const attention = (engine: Engine, runs: ReadonlyArray<number>, wake: () => void): () => void => {
  const ends = runs.map((run) => payAttention(engine, run, wake).end)
  return () => ends.forEach((end) => end())
}

/** Calls back with the runs that a commit touched, or with nothing when another process wrote. */
export const changes = (engine: Engine, heard: (runs: ReadonlyArray<number>) => void): () => void => {
  const { journal } = engine.host
  const unwatch = journal.watch()
  const unsubscribe = journal.subscribe((notice) => {
    if (notice.type === "committed") heard([...notice.runs])
    else if (notice.type === "foreign") heard([])
  })
  return () => {
    unsubscribe()
    unwatch()
  }
}

/** Whether nothing more can be told of anything. */
export const isGone = (engine: Engine): boolean => engine.closed || engine.lost !== undefined
