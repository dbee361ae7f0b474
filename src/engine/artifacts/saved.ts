/** Makes what an attempt saved part of the record of its end: bytes first, rows after. */
import * as Effect from "effect/Effect"
import { deletePacked } from "../../artifact/tree.ts"
import type { ArtifactWrite } from "../../journal/ArtifactRows.ts"
import type { Write } from "../../journal/Journal.ts"
import { savedRow } from "../../run/ArtifactRow.ts"
import type { LiveNode } from "../Live.ts"
import type { Staged } from "./Staged.ts"

/**
 * The writes that go with the end of an attempt. What it does not keep is deleted; should that fail, a sweep finds it.
 * Under a key of the user's the next attempt may already be saving: what lies there stays, to be overwritten.
 */
export const savedWrites = (live: LiveNode, succeeded: boolean): ReadonlyArray<Write> => {
  const staged = live.takeStaged()
  if (staged.length === 0) return none
  discard(live, staged.filter(({ always, ownKey }) => !succeeded && !always && ownKey))
  return staged.filter(({ always }) => succeeded || always).flatMap((one) => writesOf(live, one))
}

const none: ReadonlyArray<Write> = []

const writesOf = (live: LiveNode, { attempt, overwrites, saved, takesOver }: Staged): ReadonlyArray<Write> => {
  const { ledger } = live.run
  const event = ledger.fact({ type: "ArtifactSaved", path: live.path, attempt, artifact: saved })
  const where = { run: ledger.row.key, runId: ledger.row.id, path: live.path, attempt, createdAt: event.row.at }
  if (saved.gc === "temp") live.run.temps.add(live.run.plan, live.path, saved.artifact)
  const replaced: ReadonlyArray<Write> = takesOver
    ? [{ kind: "overwrite", store: saved.store, key: saved.key }]
    : overwrites === undefined
    ? []
    : [gone(overwrites)]
  return [event, ...replaced, { kind: "artifact", row: savedRow(saved, where) }]
}

const gone = (artifact: string): ArtifactWrite => ({ kind: "deletion", artifact, error: null, nextAt: 0 })

const discard = (live: LiveNode, staged: ReadonlyArray<Staged>): void => {
  if (staged.length === 0) return
  const { artifacts, context } = live.run.host
  const deleted = Effect.flatMap(
    Effect.promise(() => artifacts.mover()),
    (mover) =>
      Effect.forEach(staged, ({ saved }) => {
        const store = mover.store(saved.store)
        return store === undefined ? Effect.void : deletePacked(store, [saved])
      })
  )
  Effect.runForkWith(context)(Effect.ignore(deleted))
}
