/** How the nodes of a scope are undone, as its definition says: what another life has begun is known by that alone. */
import * as Effect from "effect/Effect"
import type { Plan } from "../../plan/Plan.ts"
import { locate, type Place } from "../../run/locate.ts"
import { parent } from "../../run/path.ts"
import type { NodeRow } from "../../run/State.ts"
import { livePrefix } from "../../run/tree.ts"
import type { CompensationDef } from "../../workflow/Definition.ts"
import type { LiveRun } from "../Live.ts"
import { surely } from "../node/surely.ts"
import { expandedPlan } from "./expandedPlan.ts"

/** The plan of a scope, and the graphs that nodes beneath it have made, by what their nodes hang beneath. */
export class Definitions {
  readonly #graphs: Array<readonly [above: string, plan: Plan]>

  constructor(plan: Plan) {
    this.#graphs = [["", plan]]
  }

  /** Adds a graph that was made as a node began. */
  add(prefix: string, plan: Plan): void {
    this.#graphs.unshift([`${prefix}/`, plan])
  }

  /** Where a node stands, in the innermost graph that has it. */
  place(path: string): Place | undefined {
    const graph = this.#graphs.find(([above]) => path.startsWith(above))!
    return locate(graph[1], path.slice(graph[0].length))
  }

  /** How a node is undone; `"unknown"` for one that the body of a task has called. */
  of(path: string): CompensationDef | "unknown" | undefined {
    const place = this.place(path)
    if (place === undefined) return "unknown"
    if (this.#graphs.some(([above, plan]) => path.startsWith(above) && isKeptIn(plan, path.slice(above.length)))) {
      return undefined
    }
    const { compensate: own, map, runnable } = place.node.def
    if (map === undefined) return own ?? runnable?.compensate
    return place.item ? map.item.compensate ?? runnable?.compensate : undefined
  }
}

/** Whether a node of a plan is within a workflow that undoes nothing. */
const isKeptIn = (plan: Plan, path: string): boolean => {
  for (let above = parent(path); above !== null && above !== ""; above = parent(above)) {
    const place = locate(plan, above)
    // It is not a map that runs a workflow: its items do.
    const runs = place?.node.def.map === undefined || place.item
    if (runs && place?.node.plan?.workflow.compensates === false) return true
  }
  return false
}

/** What is known of a scope; graphs that an earlier life has made are made again, of the values it has recorded. */
export const definitionsOf = (run: LiveRun, plan: Plan, prefix: string): Effect.Effect<Definitions> =>
  Effect.gen(function* () {
    const definitions = new Definitions(plan)
    if (!run.takenOver) return definitions
    const above = prefix === "" ? "" : `${prefix}/`
    const composites = [...run.ledger.nodes.values()]
      .filter(({ attempt, kind, path }) => kind === "workflow" && attempt > 0 && path.startsWith(above))
      .sort((a, b) => a.path.length - b.path.length)
    for (const row of composites) {
      const def = definitions.place(row.path.slice(above.length))?.node.def
      const made = def?.expand === undefined ? undefined : expandedPlan(def.expand, row.path, yield* inputOf(run, row))
      if (made !== undefined) definitions.add(livePrefix(row).slice(above.length), made)
    }
    return definitions
  })

/** What was recorded as its input, as JSON text. */
const inputOf = ({ host: { journal }, ledger }: LiveRun, { inputSeq }: NodeRow): Effect.Effect<string> =>
  Effect.map(
    surely(Effect.andThen(journal.drained, journal.reads.eventsAt(ledger.row.key, [inputSeq]))),
    ([found]) => JSON.stringify(found !== undefined && "input" in found.event ? found.event.input : null)
  )
