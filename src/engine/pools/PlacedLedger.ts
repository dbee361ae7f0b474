/**
 * The record of a run as a worker has it, who runs one body of it: it writes nothing, since the owner of the run does.
 * What a body tells of its progress goes to the owner.
 */
import type { NodeEvent } from "../../run/Event.ts"
import type { NodeRow } from "../../run/State.ts"
import { Ledger } from "../Ledger.ts"

type Progress = Extract<NodeEvent, { readonly type: "NodeProgress" }>

/** See the head of the file. */
export class PlacedLedger extends Ledger {
  /** Told of progress. */
  onProgress: (note: string) => void = () => {}

  override run(): void {}

  override node(fact: NodeEvent): void {
    if (fact.type === "NodeProgress") this.#report(fact)
  }

  #report({ done, note, path, total }: Progress): void {
    const progress = { done, total, ...(note === undefined ? {} : { note: this.mask.hide(note) }) }
    const row: NodeRow | undefined = this.nodes.get(path)
    if (row !== undefined) this.nodes.set(path, { ...row, progress })
    this.onProgress(JSON.stringify(progress))
  }
}
