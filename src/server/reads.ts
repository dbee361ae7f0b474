/** What is read of storage besides what the engine's own face gives. */
import * as Effect from "effect/Effect"
import type { Engine } from "../engine/Engine.ts"
import type { LineQuery, LogLine, PlacedLine } from "../journal/Reads.ts"
import type { Recorded } from "../run/Event.ts"
import type { LineChoice } from "../run/select/lineChoice.ts"
import type { RunRow } from "../run/State.ts"
import { sourceOf } from "../view/RunSource.ts"
import { type ArtifactView, artifactView } from "../run/view.ts"

/** The row of a run by its id. */
export const findRun = (engine: Engine, id: string): Promise<RunRow | undefined> =>
  Effect.runPromise(sourceOf(engine).findRun(id))

/** The row of a run that was there. */
export const getRun = (engine: Engine, key: number): Promise<RunRow | undefined> =>
  Effect.runPromise(sourceOf(engine).getRun(key))

/** Events of a run after a number. */
export const eventsAfter = (
  engine: Engine,
  key: number,
  after: number,
  limit: number
): Promise<ReadonlyArray<Recorded>> => Effect.runPromise(sourceOf(engine).events(key, after, limit))

/** Events of a node after a number. */
export const eventsOfNode = (
  engine: Engine,
  key: number,
  path: string,
  after: number
): Promise<ReadonlyArray<Recorded>> =>
  Effect.runPromise(sourceOf(engine).eventsOf(key, path, after + 1, Number.MAX_SAFE_INTEGER))

/** The number of the last event of a run. */
export const lastSeq = (engine: Engine, key: number): Promise<number> =>
  Effect.runPromise(sourceOf(engine).lastSeq(key))

/** The last lines of a run that are meant. */
export const lastLines = (
  engine: Engine,
  key: number,
  choice: LineChoice,
  limit: number
): Promise<ReadonlyArray<LogLine>> => Effect.runPromise(sourceOf(engine).logs(key, choice, limit))

/** Lines of a run that were written after the one of this id; 0 stands before the first. */
export const linesAfter = (
  engine: Engine,
  key: number,
  after: number,
  query: LineQuery
): Promise<ReadonlyArray<PlacedLine>> => Effect.runPromise(sourceOf(engine).logsAfter(key, after, query))

/** How many lines of a run are meant. */
export const countLines = (engine: Engine, key: number, choice: LineChoice): Promise<number> =>
  Effect.runPromise(sourceOf(engine).countLogs(key, choice))

/** An artifact by its id. */
export const artifactOf = async (engine: Engine, id: string): Promise<ArtifactView | undefined> => {
  const row = await Effect.runPromise(sourceOf(engine).artifact(id))
  return row === undefined ? undefined : artifactView(row)
}

/** Calls back after every notice about these runs, from any process, until the returned function is called. */
export const attention = (engine: Engine, runs: ReadonlyArray<number>, wake: () => void): () => void => {
  const source = sourceOf(engine)
  const ends = runs.map((run) => source.watch(run, wake))
  return () => ends.forEach((end) => end())
}

/** Calls back with the runs that a commit touched, or with nothing when another process wrote. */
export const changes = (engine: Engine, heard: (runs: ReadonlyArray<number>) => void): () => void =>
  sourceOf(engine).watchAll(heard)

/** Whether nothing more can be told of anything. */
export const isGone = (engine: Engine): boolean => engine.closed || engine.fault !== undefined
