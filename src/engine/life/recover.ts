/** Takes over open runs: rebuilds what is known of them from the journal and lets them go on. */
import { incompatibilities } from "../../plan/compatible.ts"
import type { RunRow } from "../../run/State.ts"
import { parent } from "../../run/path.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import { abandon } from "./abandon.ts"
import { definitionOf } from "./definitions.ts"
import type { Engine } from "../Engine.ts"
import type { Ledger } from "../Ledger.ts"
import { loadLedger } from "./loadLedger.ts"
import { nothing } from "../node/NodeEnd.ts"
import { encodeThrown, errorWords } from "../../run/thrown.ts"
import { planOf } from "./plans.ts"
import { fromText } from "../node/value.ts"
import { recallTemps } from "../artifacts/releaseTemps.ts"
import { unreadable } from "./unreadable.ts"
import { LiveRun } from "../Live.ts"

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
  const workflow = definitionOf(engine, row)
  if (row.stopping === "terminate") {
    engine.ending.add(row.key)
    abandon(ledger, "Terminated", "Terminated", () => {
      engine.ending.delete(row.key)
      engine.keepHouse(ledger)
    })
    return undefined
  }
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

/**
 * Drops requests of earlier lives that nobody here may be about to repeat: of nodes that had not got as far as having a row, and of those
 * beneath a run or composite that has to get its own permits back first, which could wait for each other in a circle.
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

/** Records why a run does not go on, and gives it back. */
export const hold = (engine: Engine, ledger: Ledger, message: string): void => {
  if (ledger.row.held !== message) ledger.run({ type: "RunHeld", message })
  engine.host.journal.flush()
  engine.host.journal.release([ledger.row.key])
  engine.held({ run: ledger.row.id, workflow: ledger.row.workflow, because: message })
}

/** Holds a run of which storage refused what was to be written: what was stored before stands, and it does not go on by itself. */
export const holdRefused = (engine: Engine, run: number, why: string): void => {
  const { journal } = engine.host
  journal.release([run])
  // A run that was never stored, or that another process has, is not claimed.
  const row = journal.claim({ run })[0]
  if (row !== undefined) hold(engine, loadLedger(engine, row), `Its record cannot go on: ${why}`)
}

/** A live run ready to execute, or the reason why its definition no longer fits. Of nodes that are `redone` nothing recorded is read. */
export const load = (
  engine: Engine,
  ledger: Ledger,
  workflow: AnyWorkflow,
  redone: () => ReadonlySet<string> = () => new Set()
): LiveRun | string => {
  try {
    const plan = planOf(workflow)
    const changed = plan.digest === ledger.row.digest ? [] : differences(engine, ledger, workflow)
    if (changed.length > 0) {
      return `Workflow "${workflow.name}" changed in a way this run cannot follow: ${changed.join("; ")}. ` +
        `Bring the former definition back, or go on in a new run: pinnace resubmit ${ledger.row.id} --memoized --file FILE`
    }
    const wrong = unreadable(ledger, plan, redone())
    if (wrong !== undefined) {
      return `Workflow "${workflow.name}" changed in a way this run cannot follow: ${wrong.why}. ` +
        `Bring the former schema back, or run it again in a new run: pinnace fork ${ledger.row.id} ${wrong.path} --file FILE`
    }
    const input = fromText(workflow.input, ledger.texts.get(ledger.row.inputSeq) ?? nothing)
    return new LiveRun(engine.host, ledger, plan, input)
  } catch (error) {
    return `Workflow "${workflow.name}" cannot go on with this run: ${errorWords(encodeThrown(error))}`
  }
}

const differences = (engine: Engine, ledger: Ledger, workflow: AnyWorkflow): ReadonlyArray<string> => {
  const stored = engine.host.journal.plan(ledger.row.digest)
  if (stored === undefined) return []
  const started = [...ledger.nodes.values()].filter((node) => node.phase !== "Pending").map((node) => node.path)
  return incompatibilities(JSON.parse(stored), planOf(workflow), started)
}
