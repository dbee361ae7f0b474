/** One node with all that is known of it, its values among that. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../journal/JournalError.ts"
import type { EncodedError, Event, Json } from "../run/Event.ts"
import { isFailure } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { type ArtifactView, artifactView, type NodeView as NodeStatus, nodeView } from "../run/view.ts"
import { type FailedAttempt, failedAttempts } from "./attemptsOf.ts"
import type { RunSource } from "./RunSource.ts"

/** A node as it stands, with its values and what became of its attempts. */
export interface WholeNode {
  readonly node: NodeStatus & Values
  readonly attempts: ReadonlyArray<FailedAttempt>
  readonly artifacts: ReadonlyArray<ArtifactView>
}

/** The values of a node, as far as they are recorded. */
interface Values {
  readonly input?: Json
  readonly output?: Json
  readonly error?: EncodedError
}

/** The node at a path; `undefined` when there is none. Only what is of this node is read, however large the run is. */
export const readNode = (
  source: RunSource,
  id: string,
  path: string
): Effect.Effect<WholeNode | undefined, JournalError> =>
  Effect.gen(function* () {
    const run = yield* source.findRun(id)
    const row = run === undefined ? undefined : yield* source.node(run.key, path)
    if (run === undefined || row === undefined) return undefined
    const named = [row.inputSeq, row.resultSeq].filter((seq) => seq > 0)
    const events = new Map((yield* source.eventsAt(run.key, named)).map(({ event, seq }) => [seq, event]))
    const isTried = row.attempt > 1 || row.reruns > 0 || isFailure(row.phase)
    return {
      node: { ...nodeView(row), ...valuesOf(events.get(row.inputSeq), events.get(row.resultSeq)) },
      attempts: isTried ? failedAttempts(yield* eventsSince(source, run.key, row), path) : [],
      artifacts: (yield* source.artifactsOf(run.key, path)).map(artifactView)
    }
  })

/** The events of a node since it was last begun. */
const eventsSince = (source: RunSource, run: number, { inputSeq, path, resultSeq }: NodeRow) =>
  source.eventsOf(run, path, inputSeq, resultSeq > inputSeq ? resultSeq : Number.MAX_SAFE_INTEGER)

const valuesOf = (begin: Event | undefined, end: Event | undefined): Values => {
  const ending = end !== undefined && "ending" in end ? end.ending : undefined
  return {
    ...(begin !== undefined && "input" in begin && begin.input !== undefined ? { input: begin.input } : {}),
    ...(ending?.output === undefined ? {} : { output: ending.output }),
    ...(ending?.error === undefined ? {} : { error: ending.error })
  }
}
