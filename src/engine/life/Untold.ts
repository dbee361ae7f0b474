/**
 * Facts about one run that are told once they are durable. They become so in the order in which they were recorded, so
 * an answer of storage need not name the one that it is about.
 *
 * Owns: the facts that are not durable yet. Does not own: who is told.
 */
import { Queue } from "../../journal/Queue.ts"
import type { NodeEvent, Recorded, RunEvent } from "../../run/Event.ts"

/** A fact that is to be told; no literal, see `node/spec.ts`. */
class Fact implements Recorded {
  readonly run: string
  readonly seq: number
  readonly at: number
  readonly event: RunEvent | NodeEvent

  constructor(run: string, seq: number, at: number, event: RunEvent | NodeEvent) {
    this.run = run
    this.seq = seq
    this.at = at
    this.event = event
  }
}

/** See the head of the file. */
export class Untold {
  readonly #run: string
  readonly #tell: (recorded: Recorded) => void
  readonly #facts = new Queue<Recorded>()

  constructor(run: string, tell: (recorded: Recorded) => void) {
    this.#run = run
    this.#tell = tell
  }

  /** Keeps a fact until it is durable. */
  note(event: RunEvent | NodeEvent, seq: number, at: number): void {
    this.#facts.push(new Fact(this.#run, seq, at, event))
  }

  /** The first that is kept is durable. */
  tell(): void {
    const fact = this.#facts.get(0)
    this.#facts.drop(1)
    this.#tell(fact)
  }
}
