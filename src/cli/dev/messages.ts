/** What the loop and the process of a generation say to each other: lines, each a message as JSON. */
import type { Rehearsal } from "../../embed/Rehearsal.ts"

/** What the loop asks for. */
export type Ask =
  /**
   * Load the definition; answered by `loaded` or `mistaken`. `input` is what a person typed in place of the input of
   * the command line.
   */
  | { readonly ask: "load"; readonly input?: string }
  /** Find out what a run would do; answered by `planned` or `mistaken`. */
  | { readonly ask: "plan"; readonly afresh: boolean }
  /** Start a run; answered by `begun` or `mistaken`. */
  | { readonly ask: "run"; readonly afresh: boolean }

/** What a generation answers. */
export type Told =
  /** Its process is there and waits. */
  | { readonly told: "ready" }
  | {
    readonly told: "loaded"
    readonly workflow: string
    /** Files and directories that its author says results depend on. */
    readonly files: ReadonlyArray<string>
  }
  | { readonly told: "planned"; readonly plan: Rehearsal }
  | { readonly told: "begun"; readonly run: string }
  /** It cannot be done as things are: what is wrong, for a person. */
  | { readonly told: "mistaken"; readonly lines: ReadonlyArray<string> }

/** Takes text apart: messages after the mark, and what else was printed. */
export class Lines {
  readonly #mark: string
  #rest = ""

  constructor(mark: string) {
    this.#mark = mark
  }

  /** What has come with further text, in its order. */
  add(text: string): ReadonlyArray<{ readonly told: Told } | { readonly printed: string }> {
    const lines = (this.#rest + text).split("\n")
    this.#rest = lines.pop()!
    return lines.flatMap((line) => {
      const at = line.indexOf(this.#mark)
      if (at < 0) return [{ printed: line }]
      const told = { told: JSON.parse(line.slice(at + this.#mark.length)) as Told }
      return at === 0 ? [told] : [{ printed: line.slice(0, at) }, told]
    })
  }
}
