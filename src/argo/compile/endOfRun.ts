/** What goes when a run has ended: directories of claims, and artifacts by their strategy, which the engine deletes. */
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { LiveNode } from "../../engine/Interpreter.ts"
import { removeTreeLater } from "../../process/removeTree.ts"
import type { ArtifactGC } from "../../workflow/Artifact.ts"
import type { Artifact } from "../document/Manifest.ts"
import { isBad, type NodeResult } from "../values/Result.ts"
import { clearOrderFolders } from "./orderFolders.ts"
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
    yield* session.removals.settled
    yield* clearOrderFolders(session.parts.root, live)
    const { stopping } = live.run.ledger.row
    if (Exit.isFailure(exit) && stopping === null) return
    const succeeded = Exit.isSuccess(exit) && stopping === null && !isBad(exit.value)
    if (!existsSync(session.parts.directory)) return
    if (succeeded || session.parts.spec.volumeClaimGC?.strategy === completion) {
      yield* Effect.ignore(Effect.tryPromise(() => removeTreeLater(session.parts.directory)))
    }
  })
