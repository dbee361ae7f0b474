/** Takes over open runs: rebuilds what is known of them from the journal and lets them go on. */
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

/** Claims and resumes the open runs of these workflows that no living process executes; answers how many. */
export const recover = (engine: Engine, workflows: ReadonlyArray<string>): number => {
  const kinds = [...engine.revivers.keys()]
  if (workflows.length + kinds.length === 0 || engine.closed) return 0
  const claimed = engine.host.journal.claim({ workflows, kinds })
  for (const row of claimed) takeOver(engine, row)
  return claimed.length
}

/** Goes on with a claimed run, or gives it back with the reason why it cannot go on here. */
export const takeOver = (engine: Engine, row: RunRow): LiveRun | undefined => {
  if (engine.live.has(row.key)) return engine.live.get(row.key)
  const ledger = loadLedger(engine, row)
  if (row.stopping === "terminate") {
    return terminate(engine, typeof ledger === "string" ? bareLedger(engine, row) : ledger)
  }
  if (typeof ledger === "string") return leaveDamaged(engine, row, ledger)
  const workflow = definitionOf(engine, row)
  const loaded = typeof workflow === "string" ? workflow : load(engine, ledger, workflow)
  if (typeof loaded === "string") {
    hold(engine, ledger, loaded)
    return undefined
  }
  loaded.takenOver = true
  loaded.wasLeft = ledger.wasLeft
  recallTemps(loaded)
  dropStrayRequests(engine, ledger)
  if (row.stopping === "stop") loaded.root.stopping = "Stopped"
  engine.execute(loaded)
  return loaded
}

const terminate = (engine: Engine, ledger: Ledger): undefined => {
  const { key } = ledger.row
  engine.ending.add(key)
  abandon(ledger, "Terminated", "Terminated", () => {
    engine.ending.delete(key)
    engine.collectGarbage(ledger)
  })
}

/**
 * Drops requests of earlier lives that nobody here may be about to repeat: of nodes that had not got as far as having a
 * row, and of those beneath a run or composite that has to get its own permits back first, which could wait for each
 * other in a circle.
 */
const dropStrayRequests = ({ host }: Engine, ledger: Ledger): void => {
  const { key: run } = ledger.row
  const paths = new Set(host.journal.permits().flatMap((permit) => permit.run === run ? [permit.path] : []))
  for (const path of paths) {
    if (path !== "" && (!ledger.nodes.has(path) || isBeneath(path, paths))) host.desk.release(run, path)
  }
}

const isBeneath = (path: string, paths: ReadonlySet<string>): boolean => {
  for (let above = parent(path); above !== null; above = parent(above)) if (paths.has(above)) return true
  return false
}
