/**
 * The nodes of a manifest's run that Argo knows, made from what the journal tells.
 *
 * Owns: which nodes these are, their names, their places. Does not own: the facts, what is said of a node besides.
 */
import { Arrangement } from "../run/Arrangement.ts"
import type { Event } from "../run/Event.ts"
import type { RunFacts } from "../run/facts.ts"
import { parent } from "../run/path.ts"
import { isTerminal, type Phase } from "../run/Phase.ts"
import type { NodeRow } from "../run/State.ts"
import { renaming } from "./commands/keptNames.ts"
import { runName } from "./compile/naming.ts"
import { isEntry, type NodeMeta } from "./compile/NodeMeta.ts"
import { pendingWait, type Wait } from "./pendingWait.ts"
import { messageOf } from "./values/Result.ts"

/** The name of a manifest, for runs of it that have not begun. */
export type Named = { readonly name?: string; readonly generateName?: string }

const none: ReadonlyArray<NodeRow> = []

/** The nodes of one run; `put` after each change of a fact. */
export class ShownNodes {
  readonly places: Arrangement
  readonly #facts: RunFacts
  readonly #nameOfRun: (id: string) => string | undefined
  readonly #metadata: Named | undefined
  #entry: string | undefined

  /** Other runs are named by the ids that they have; all hooks stand apart, or only those of the whole run. */
  constructor(
    facts: RunFacts,
    nameOfRun: (id: string) => string | undefined,
    metadata?: Named,
    allApart = true
  ) {
    this.places = new Arrangement({
      isShown: (path) => this.#isShown(path),
      isApart: (handler) => allApart || parent(handler) === this.#entry
    })
    this.#facts = facts
    this.#nameOfRun = nameOfRun
    this.#metadata = metadata
    for (const path of facts.rows.nodes.keys()) this.put(path)
  }

  /** Takes note of a node that changed; answers the paths of the nodes whose lists changed. */
  put(path: string): ReadonlyArray<string> {
    const changed = this.places.put(path)
    const isFirst = this.#entry === undefined || path < this.#entry
    if (isFirst && this.places.isShown(path) && isEntry(this.#recorded(this.row(path))!)) this.#entry = path
    return changed
  }

  /** Argo's name of the run: that of its entry. */
  get name(): string {
    const { id, workflow } = this.#facts.rows.run
    const entry = this.#entry === undefined ? undefined : this.#recorded(this.row(this.#entry))
    if (entry === undefined) return runName(this.#metadata ?? { name: workflow }, id)
    if (this.keptFrom(this.row(this.#entry!)) === undefined) return entry.name
    // It kept everything, even its entry, of a run that may have another name.
    return entry.name === workflow ? workflow : runName({ generateName: `${workflow}-` }, id)
  }

  row(path: string): NodeRow {
    return this.#facts.rows.nodes.get(path)!
  }

  event(seq: number): Event | undefined {
    return this.#facts.events.get(seq)
  }

  /** How a shown node is shown. */
  meta(row: NodeRow): NodeMeta {
    const [meta, from] = [this.#recorded(row)!, this.keptFrom(row)]
    return from === undefined ? meta : renaming(this.name, this.#nameOfRun)(meta, from)
  }

  /** The run whose record of a node is reused. */
  keptFrom({ resultSeq }: NodeRow): string | undefined {
    const event = this.event(resultSeq)
    return event?.type === "NodeFinished" ? event.from : undefined
  }

  /** What belongs to a node, or to the run, without being shown. */
  hidden(path: string): ReadonlyArray<NodeRow> {
    const hidden = this.places.hidden(path)
    return hidden.size === 0 ? none : [...hidden].sort().map((it) => this.row(it))
  }

  /** Its phase; in files of before a node that needs locks works in one that is not shown. */
  phase({ path, phase }: NodeRow): Phase {
    const isQueued = this.hidden(path).some((it) => it.phase === "Pending" && it.waiting === "Permit")
    return isQueued ? "Pending" : phase
  }

  /** What Argo says of its end. */
  message(row: NodeRow, { type }: NodeMeta): string {
    return isTerminal(row.phase) ? messageOf(row.reason, row.message, type) ?? "" : ""
  }

  /** Of a suspend node that waits: where, and what for. */
  wait(row: NodeRow, meta: NodeMeta): Wait | undefined {
    return meta.type === "Suspend" && row.phase === "Running"
      ? pendingWait(row, meta, [row, ...this.hidden(row.path)], this.#facts.events)
      : undefined
  }

  #recorded({ inputSeq }: NodeRow): NodeMeta | undefined {
    const event = this.event(inputSeq)
    return event !== undefined && "shows" in event ? event.shows as NodeMeta | undefined : undefined
  }

  #isShown(path: string): boolean {
    const row = this.row(path)
    const { message, phase } = row
    const meta = this.#recorded(row)
    // What a manual retry reset and did not come to again is left out.
    const isLeftover = phase === "Omitted" && message !== "omitted: depends condition not met"
    return meta !== undefined && meta.nested !== true && !isLeftover
  }
}
