/** What is deleted when a run has ended: artifacts whose strategy says so, directories of claims. */
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { LiveNode } from "../../engine/Interpreter.ts"
import { makeLog } from "../../engine/Interpreter.ts"
import { liesBeneath } from "../../run/beneath.ts"
import type { Ending } from "../../run/Event.ts"
import { removeTreeLater } from "../../process/removeTree.ts"
import type { ArtifactGC } from "../../workflow/Artifact.ts"
import type { Artifact } from "../document/Manifest.ts"
import { fromEnd, isBad, type NodeResult, type OutputArtifact } from "../values/Result.ts"
import type { Session, SessionParts } from "./Session.ts"

const completion = "OnWorkflowCompletion"

/** When an artifact goes: what it says itself counts more than what the workflow says. Lint knows the three words. */
export const gcOf = ({ artifactGC }: Artifact, { spec }: SessionParts): ArtifactGC => {
  const strategy = artifactGC?.strategy || spec.artifactGC?.strategy
  return (strategy || "Never") as ArtifactGC
}

/** Cleans up after the work of a run, unless this process only leaves off. */
export const endOfRun = (
  session: Session,
  live: LiveNode,
  exit: Exit.Exit<NodeResult>
): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* session.parts.plugins.leave(session)
    yield* collectDeleted(session, live)
    yield* session.removals.settled
    const { stopping } = live.run.ledger.row
    if (Exit.isFailure(exit) && stopping === null) return
    yield* deleteArtifacts(session, live)
    const succeeded = Exit.isSuccess(exit) && stopping === null && !isBad(exit.value)
    if (!existsSync(session.parts.directory)) return
    if (succeeded || session.parts.spec.volumeClaimGC?.strategy === completion) {
      yield* Effect.ignore(Effect.tryPromise(() => removeTreeLater(session.parts.directory)))
    }
  })

/** What runs left that were deleted meanwhile: nobody waits for it, and what is not done is done by the next run. */
const collectDeleted = ({ parts }: Session, live: LiveNode): Effect.Effect<void> => {
  const exists = (run: string): boolean => live.run.host.journal.findRun(run) !== undefined
  const collected = parts.estate.collect(exists, (saved) => parts.artifacts.remove(saved))
  return Effect.asVoid(Effect.forkDetach(Effect.ignoreCause(collected), { startImmediately: true }))
}

const deleteArtifacts = (session: Session, live: LiveNode): Effect.Effect<void> => {
  const all = [
    ...session.perishable.values(),
    ...recorded(live).map(({ key, s3 }) => s3 === undefined ? { key } : { key, s3 })
  ]
  const once = new Map(all.map((it) => [JSON.stringify(it), it]))
  return Effect.forEach(once.values(), (saved) =>
    Effect.catch(
      Effect.suspend(() => session.parts.artifacts.remove(saved)),
      ({ message }) =>
        Effect.sync(() => makeLog(live, 1).warn(`The artifact "${saved.key}" could not be deleted: ${message}`))
    ), { concurrency: 4, discard: true })
}

/** Events that are read at a time. */
const batch = 500

/** Perishable artifacts that earlier lives of the run have made: this one knows its own. */
const recorded = ({ path, run: { host, ledger, takenOver } }: LiveNode): ReadonlyArray<OutputArtifact> => {
  if (!takenOver && ledger.row.epoch === 1) return []
  const found: Array<OutputArtifact> = []
  for (let after = 0;;) {
    const events = host.journal.events(ledger.row.key, after, batch)
    for (const { event, seq } of events) {
      after = seq
      if (event.type === "NodeFinished" && liesBeneath(event.path, path)) found.push(...perishableOf(event.ending))
    }
    if (events.length < batch) return found
  }
}

/** What the memo table gave belongs to other runs. */
const perishableOf = (ending: Ending): ReadonlyArray<OutputArtifact> => {
  const text = ending.output === undefined ? {} : { text: JSON.stringify(ending.output) }
  const { memo, outputs } = fromEnd({ ...ending, ...text }, "")
  return memo?.hit === true ? [] : (outputs?.artifacts ?? []).filter(({ perishable }) => perishable === true)
}
