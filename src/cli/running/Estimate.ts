/**
 * How long a run that is followed will still take.
 *
 * Owns: the views of earlier runs of its workflow, read once. Does not own: the rule (`show/eta.ts`).
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { PlanJson } from "../../plan/drawing.ts"
import { remaining } from "../../view/eta.ts"
import type { RunView } from "../../view/RunView.ts"
import { rowOf, viewOf } from "../arguments/rows.ts"

/** How many earlier runs are looked at. */
const most = 3

/** The estimate of one run. */
export class Estimate {
  readonly #pinnace: Pinnace
  readonly #run: RunHandle
  #earlier: Promise<ReadonlyArray<RunView>> | undefined

  constructor(pinnace: Pinnace, run: RunHandle) {
    this.#pinnace = pinnace
    this.#run = run
  }

  /** Milliseconds, or `undefined` when nothing tells. */
  async at(view: RunView, now: number): Promise<number | undefined> {
    const earlier = await (this.#earlier ??= this.#read(view).catch(() => []))
    return remaining(view, earlier, now, earlier.length > 0 || this.#isWhole(view))
  }

  async #read({ id, workflow }: RunView): Promise<ReadonlyArray<RunView>> {
    const rows = this.#pinnace.list({ workflow, phases: ["Succeeded"], limit: most }).filter((row) => row.id !== id)
    return await Promise.all(rows.map((row) => viewOf(this.#pinnace, this.#pinnace.get(row.id)!)))
  }

  /** Of manifests nobody knows beforehand. */
  #isWhole(view: RunView): boolean {
    const stored = view.isManifest
      ? undefined
      : this.#pinnace.engine.host.journal.plan(rowOf(this.#pinnace, this.#run).digest)
    if (stored === undefined) return false
    const begun = new Set(view.nodes.map(({ path }) => path))
    const plan = JSON.parse(stored) as PlanJson
    return (plan.plans[plan.digest]?.nodes ?? []).every(({ name }) => begun.has(name))
  }
}
