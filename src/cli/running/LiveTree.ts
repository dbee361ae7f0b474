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
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { isTerminal } from "../../run/Phase.ts"
import type { Selector } from "../../argo/commands/selector.ts"
import { onlyNodes, selectedNodes } from "../arguments/selectNodes.ts"
import type { Shell } from "../Shell.ts"
import { type NodeView, pathsOf, type RunView } from "../../view/RunView.ts"
import { frame } from "../paint/frame.ts"
import { Screen } from "../paint/Screen.ts"
import { type OpenRun, openRun } from "../../view/readRun.ts"
import { changesOf } from "../../view/changes.ts"
import { type Estimate, readEstimate } from "../../view/readEstimate.ts"
import { type RunSource, sourceOf } from "../../view/RunSource.ts"

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
  readonly #source: RunSource
  #open: OpenRun | undefined
  readonly #notice: () => string
  readonly #isChosen: Selector | undefined
  readonly #screen: Screen
  readonly #estimate: Promise<Estimate>
  #view: RunView | undefined
  #isStale = true
  #timer: NodeJS.Timeout | undefined
  #due = Infinity
  #earliest = 0
  /** Rejects with what no frame could be drawn for. */
  readonly #failed = Promise.withResolvers<never>()

  constructor({ isChosen, notice, pinnace, run, shell }: Followed) {
    this.#shell = shell
    this.#pinnace = pinnace
    this.#run = run
    this.#source = sourceOf(pinnace.engine)
    this.#notice = notice
    this.#isChosen = isChosen
    this.#screen = new Screen(shell)
    this.#estimate = Effect.runPromise(readEstimate(this.#source, run.id)).catch(() => () => undefined)
    this.#failed.promise.catch(() => {})
  }

  /** Draws until the run has ended, then clears what was drawn. */
  async follow(): Promise<void> {
    this.#open = await Effect.runPromise(openRun(this.#source, this.#run.id))
    if (this.#open === undefined) return
    const { key } = this.#open
    const changes = changesOf(this.#source, key)
    const redraw = (): void => this.#plan(0)
    process.stdout.on("resize", redraw)
    process.on("SIGINT", redraw)
    try {
      this.#plan(0)
      while (!await this.#isOver(key) && await Promise.race([changes.next(), this.#failed.promise])) {
        this.#isStale = true
        this.#plan(shortest)
      }
    } finally {
      changes.end()
      process.stdout.off("resize", redraw)
      process.off("SIGINT", redraw)
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#due = -Infinity
      this.#screen.close()
    }
  }

  /** Whether there is nothing more to wait for. */
  async #isOver(key: number): Promise<boolean> {
    const { engine } = this.#pinnace
    if (engine.closed || engine.fault !== undefined) return true
    const row = await Effect.runPromise(this.#source.getRun(key))
    return row === undefined || isTerminal(row.phase)
  }

  /** Sees to it that a frame is drawn in this many milliseconds, or earlier. */
  #plan(wait: number): void {
    const at = Math.max(performance.now() + wait, this.#earliest)
    if (this.#due <= at) return
    this.#due = at
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#draw().catch(this.#stop), Math.max(0, at - performance.now()))
  }

  /** Of a run that is deleted meanwhile, and of an engine that is closed, there is nothing more to draw. */
  readonly #stop = async (error: unknown): Promise<void> => {
    const run = await this.#pinnace.get(this.#run.id).catch(() => undefined)
    if (run !== undefined) this.#failed.reject(error)
  }

  /** What some nodes have logged last, by their paths. */
  async #lastLines(nodes: Iterable<NodeView>): Promise<ReadonlyMap<string, string>> {
    const { key } = this.#open!
    const last = (node: NodeView): Promise<readonly [string, string]> =>
      Effect.runPromise(Effect.map(
        Effect.forEach(pathsOf(node), (path) => this.#source.logs(key, { path }, 1)),
        (lines) => [node.path, lines.map(([line]) => line?.text ?? "").join("")] as const
      ))
    return new Map(await Promise.all([...nodes].map(last)))
  }

  async #look(): Promise<RunView | undefined> {
    const view = await Effect.runPromise(this.#open!.look)
    return view && onlyNodes(view, await selectedNodes(this.#pinnace, this.#run, this.#isChosen))
  }

  async #draw(): Promise<void> {
    const began = performance.now()
    if (this.#isStale || this.#view === undefined) {
      this.#isStale = false
      this.#view = await this.#look().catch(() => undefined) ?? this.#view
    }
    if (this.#due === -Infinity || this.#view === undefined) return
    const { columns, paint } = this.#shell
    const now = this.#shell.now()
    const view = this.#view
    const footing = {
      locks: await this.#pinnace.locks(),
      notice: this.#notice(),
      left: (await this.#estimate)(view, now)
    }
    const look = { paint, now, columns: columns - 1, rows: this.#screen.rows }
    // The first one tells of which nodes there is room for a line.
    const working = new Set<NodeView>()
    const without = frame(view, footing, { ...look, lastLine: (node) => (working.add(node), "") })
    const lines = await this.#lastLines(working)
    if (this.#due === -Infinity) return
    this.#screen.draw(
      lines.size === 0 ? without : frame(view, footing, { ...look, lastLine: ({ path }) => lines.get(path) ?? "" })
    )
    this.#due = Infinity
    this.#earliest = performance.now() + share * (performance.now() - began)
    this.#plan(this.#isStale ? shortest : heartbeat)
  }
}
