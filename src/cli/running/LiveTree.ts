/**
 * A run as a tree that is redrawn while it changes.
 *
 * Owns: the screen, the timer of the next frame. Does not own: what the tree says (`show/runTree.ts`), the end report.
 *
 * Invariants
 * - The state is read only after something changed, never on a
 *   clock; the clock only redraws how long things have taken.
 * - Frames take at most a fiftieth of the time: a frame that was slow puts the next one off.
 */
import process from "node:process"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { payAttention } from "../../engine/observe/whenChanged.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { Selector } from "../../argo/commands/selector.ts"
import { onlyNodes, selectedNodes } from "../arguments/selectNodes.ts"
import type { Shell } from "../Shell.ts"
import { type NodeView, pathsOf, type RunView } from "../../view/RunView.ts"
import { Estimate } from "./Estimate.ts"
import { frame } from "../paint/frame.ts"
import { Screen } from "../paint/Screen.ts"
import { rowOf, viewOf } from "../arguments/rows.ts"

const shortest = 100
const heartbeat = 1_000
const share = 50

/** What is followed. */
export interface Followed {
  readonly shell: Shell
  readonly pinnace: Pinnace
  readonly run: RunHandle
  /** The number of the last event that is known already; of no interest to a tree. */
  readonly after: number
  /** What is to be said beneath the tree. */
  readonly notice: () => string
  /** Which nodes are shown; default all. */
  readonly isChosen?: Selector | undefined
}

/** Draws one run until it ends. */
export class LiveTree {
  readonly #shell: Shell
  readonly #pinnace: Pinnace
  readonly #run: RunHandle
  readonly #key: number
  readonly #notice: () => string
  readonly #isChosen: Selector | undefined
  readonly #screen: Screen
  readonly #estimate: Estimate
  #view: RunView | undefined
  #isStale = true
  #timer: NodeJS.Timeout | undefined
  #due = Infinity
  #earliest = 0

  constructor({ isChosen, notice, pinnace, run, shell }: Followed) {
    this.#shell = shell
    this.#pinnace = pinnace
    this.#run = run
    this.#key = rowOf(pinnace, run).key
    this.#notice = notice
    this.#isChosen = isChosen
    this.#screen = new Screen(shell)
    this.#estimate = new Estimate(pinnace, run)
  }

  /** Draws until the run has ended, then clears what was drawn. */
  async follow(): Promise<void> {
    const redraw = (): void => this.#plan(0)
    process.stdout.on("resize", redraw)
    process.on("SIGINT", redraw)
    try {
      this.#plan(0)
      await this.#ended()
    } finally {
      process.stdout.off("resize", redraw)
      process.off("SIGINT", redraw)
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#due = -Infinity
      this.#screen.close()
    }
  }

  /** Waits for the end. Events are not read: that something changed is all there is to know. */
  #ended(): Promise<void> {
    const { engine } = this.#pinnace
    const key = this.#key
    return new Promise((resolve) => {
      const attention = payAttention(engine, key, () => {
        this.#isStale = true
        this.#plan(shortest)
        const row = engine.closed || engine.lost !== undefined ? undefined : engine.host.journal.getRun(key)
        if (row !== undefined && !isTerminal(row.phase)) return
        attention.end()
        resolve()
      })
      attention.look()
    })
  }

  /** Sees to it that a frame is drawn in so many milliseconds, or earlier. */
  #plan(wait: number): void {
    const at = Math.max(performance.now() + wait, this.#earliest)
    if (this.#due <= at) return
    this.#due = at
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#draw().catch(this.#stop), Math.max(0, at - performance.now()))
  }

  /** Of a run that is deleted meanwhile there is nothing more to draw. */
  readonly #stop = (error: unknown): void => {
    if (this.#pinnace.get(this.#run.id) !== undefined) throw error
  }

  /** What nodes have logged last; each is looked up once in a frame. */
  #lastLine(): (node: NodeView) => string {
    const { journal } = this.#pinnace.engine.host
    const key = this.#key
    const known = new Map<string, string>()
    return (node) => {
      const { path } = node
      const text = known.get(path) ?? pathsOf(node).map((it) => journal.logs(key, it, 1)[0]?.text ?? "").join("")
      known.set(path, text)
      return text
    }
  }

  async #look(): Promise<RunView> {
    const view = await viewOf(this.#pinnace, this.#run)
    return onlyNodes(view, await selectedNodes(this.#pinnace, this.#run, this.#isChosen))
  }

  async #draw(): Promise<void> {
    const began = performance.now()
    if (this.#isStale || this.#view === undefined) {
      this.#isStale = false
      this.#view = await this.#look().catch(() => this.#view)
    }
    if (this.#due === -Infinity || this.#view === undefined) return
    const { columns, paint } = this.#shell
    const now = this.#shell.now()
    const left = await this.#estimate.at(this.#view, now)
    if (this.#due === -Infinity) return
    const look = { paint, now, columns: columns - 1, rows: this.#screen.rows, lastLine: this.#lastLine() }
    this.#screen.draw(frame(this.#view, { locks: this.#pinnace.locks(), notice: this.#notice(), left }, look))
    this.#due = Infinity
    this.#earliest = performance.now() + share * (performance.now() - began)
    this.#plan(this.#isStale ? shortest : heartbeat)
  }
}
