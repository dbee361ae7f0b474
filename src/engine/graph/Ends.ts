/**
 * How the children of one composite ended.
 *
 * Owns: their ends. Of a plain success the output as text is all that is kept, and not even that once it is forgotten
 * because nobody is left to read it.
 */
import type { Phase } from "../../run/Phase.ts"
import { type NodeEnd, succeeded } from "../node/NodeEnd.ts"

const unread: NodeEnd = { phase: "Succeeded" }

/** The ends of children, by index. */
export class Ends {
  readonly #ends: Array<NodeEnd | string | undefined>
  #missing: number

  constructor(size: number) {
    this.#ends = new Array(size)
    this.#missing = size
  }

  /** Whether all have ended. */
  get areAll(): boolean {
    return this.#missing === 0
  }

  /** How one ended; `undefined` while it has not. */
  get(index: number): NodeEnd | undefined {
    const end = this.#ends[index]
    return typeof end === "string" ? succeeded(end) : end
  }

  /** In which phase one ended; it has ended. */
  phase(index: number): Exclude<Phase, "Pending" | "Running"> {
    const end = this.#ends[index]!
    return typeof end === "string" ? "Succeeded" : end.phase
  }

  /** Takes an end. */
  set(index: number, end: NodeEnd): void {
    if (this.#ends[index] === undefined) this.#missing--
    this.#ends[index] = isPlain(end) ? end.text : end
  }

  /** Nobody reads the output of this one any more. */
  forget(index: number): void {
    if (typeof this.#ends[index] === "string") this.#ends[index] = unread
  }

  /** The outputs as texts where all are plain successes. */
  get outputs(): ReadonlyArray<string> | undefined {
    return this.#ends.every((end) => typeof end === "string") ? this.#ends : undefined
  }

  /** All of them, which have ended. */
  get all(): ReadonlyArray<NodeEnd> {
    return Array.from(this.#ends, (_, index) => this.get(index)!)
  }
}

const isPlain = (end: NodeEnd): end is NodeEnd & { readonly text: string } =>
  end.phase === "Succeeded" && end.text !== undefined && end.reason === undefined && end.message === undefined &&
  end.cause === undefined && end.error === undefined && end.next === undefined && end.origin === undefined
