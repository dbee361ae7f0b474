/** Takes over open runs: rebuilds what is known of them from the journal and lets them go on. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import { undoneIn } from "../../run/followed.ts"
import type { RunRow } from "../../run/State.ts"
import { parent } from "../../run/path.ts"
import { abandon } from "./abandon.ts"
import { definitionOf } from "./definitions.ts"
import { hold, leaveDamaged } from "./hold.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { load } from "./load.ts"
import { bareLedger, loadLedger } from "./loadLedger.ts"
import { recallTemps } from "../artifacts/releaseTemps.ts"
import type { LiveRun } from "../Live.ts"
import { cutRunsOf } from "../runs/endChildRuns.ts"

/** Claims and resumes the open runs of these workflows that no living process executes; answers how many. */
export const recover = (engine: Engine, workflows: ReadonlyArray<string>): Effect.Effect<number, JournalError> =>
  Effect.suspend(() => {
    const kinds = [...engine.revivers.keys()]
    if (workflows.length + kinds.length === 0 || engine.closed || !engine.takesOver) return Effect.succeed(0)
    return Effect.flatMap(
      engine.host.journal.claims.claim({ workflows, kinds }),
      (claimed) => Effect.as(Effect.forEach(claimed, (row) => takeOver(engine, row), { discard: true }), claimed.length)
    )
  })

/** Goes on with a claimed run, or gives it back with the reason why it cannot go on here. */
export const takeOver = (engine: Engine, row: RunRow): Effect.Effect<LiveRun | undefined, JournalError> =>
  Effect.gen(function* () {
    if (engine.live.has(row.key)) return engine.live.get(row.key)
    const ledger = yield* loadLedger(engine, row)
    if (row.stopping === "terminate") {
      return terminate(engine, typeof ledger === "string" ? yield* bareLedger(engine, row) : ledger)
    }
    if (typeof ledger === "string") return void (yield* leaveDamaged(engine, row, ledger))
    const workflow = yield* definitionOf(engine, row)
    const loaded = typeof workflow === "string" ? workflow : yield* load(engine, ledger, workflow)
    if (typeof loaded === "string") return void (yield* hold(engine, ledger, loaded))
    return yield* goOn(engine, loaded)
  })

const goOn = (engine: Engine, run: LiveRun): Effect.Effect<LiveRun, JournalError> =>
  Effect.gen(function* () {
    const { ledger } = run
    run.takenOver = true
    run.undoneBefore = undoneIn(ledger.row, ledger.nodes)
    run.isBehind = true
    run.wasLeft = ledger.wasLeft
    yield* recallTemps(run)
    yield* dropStrayRequests(engine, ledger)
    const { stopping } = ledger.row
    if (stopping !== null) run.root.stopping = stopping === "stop" ? "Stopped" : "Terminated"
    engine.execute(run)
    return run
  })

const terminate = (engine: Engine, ledger: Ledger): undefined => {
  const { id, key } = ledger.row
  engine.ending.add(key)
  Effect.runForkWith(engine.host.context)(cutRunsOf(engine.host, id))
  abandon(ledger, "Terminated", "Terminated", () => {
    engine.ending.delete(key)
    engine.host.placements.recall(key)
    engine.refused(ledger)
    engine.collectGarbage(ledger)
  })
}

/**
 * Drops requests of earlier lives that nobody here may be about to repeat: of nodes that had not got as far as having a
 * row, and of those that come after others which have to get their own permits back first, and with which they could
 * wait in a circle: what is beneath a run or composite, and what had not begun where something else had, or what does
 * not go on while its run is suspended.
 */
const dropStrayRequests = ({ host }: Engine, ledger: Ledger): Effect.Effect<void, JournalError> =>
  Effect.map(host.journal.reads.permits(), (permits) => {
    const { key: run } = ledger.row
    const paths = new Set(permits.flatMap((permit) => permit.run === run ? [permit.path] : []))
    const { suspended } = ledger.row
    const goesOn = (path: string): boolean => {
      const { phase, waiting } = ledger.nodes.get(path) ?? {}
      return phase === "Running" && !(suspended && (waiting === "Permit" || waiting === "Retry"))
    }
    const goOnFirst = suspended || [...paths].some(goesOn)
    for (const path of paths) {
      const isStray = !ledger.nodes.has(path) || isBeneath(path, paths) || goOnFirst && !goesOn(path)
      if (path !== "" && isStray) host.desk.release(run, path)
    }
  })

const isBeneath = (path: string, paths: ReadonlySet<string>): boolean => {
  for (let above = parent(path); above !== null; above = parent(above)) if (paths.has(above)) return true
  return false
}
