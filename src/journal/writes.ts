/**
 * The two writes that nearly every append is made of.
 *
 * They are classes: V8 puts object literals that outlive its young generation a few times into the old one from then
 * on, where each keeps all that it names until the next full collection.
 */
import type { EventRow } from "./Journal.ts"
import type { NodeRow } from "../run/State.ts"

class EventOnItsWay implements EventRow {
  readonly run: number
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly path: string | null
  readonly data: string

  constructor(run: number, seq: number, at: number, type: string, path: string | null, data: string) {
    this.run = run
    this.seq = seq
    this.at = at
    this.type = type
    this.path = path
    this.data = data
  }
}

/** The write of an event. */
export class EventWrite {
  readonly kind = "event"
  readonly row: EventRow

  constructor(run: number, seq: number, at: number, type: string, path: string | null, data: string) {
    this.row = new EventOnItsWay(run, seq, at, type, path, data)
  }
}

/** The write of the state of a node. */
export class NodeWrite {
  readonly kind = "node"
  readonly row: NodeRow

  constructor(row: NodeRow) {
    this.row = row
  }
}
