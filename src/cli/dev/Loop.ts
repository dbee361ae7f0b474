/**
 * The loop in which a workflow is developed: each save that changes something is a generation, which is loaded in a
 * process of its own, planned and run.
 *
 * Owns: the last good generation, the one that is being tried, the run at work.
 * Does not own: what files hold (`Watch.ts`), the process of a generation (`Child.ts`), how a run is shown (`follow`).
 *
 * Invariants
 * - L1 Never are two generations at work: one ends before the next one begins to run.
 * - L2 No process of a generation is left once `end` has answered, and what it loads or plans keeps `end` from nothing.
 * - L6 What never comes to an end of its load is given up for what is saved next.
 */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Board } from "../../server/Board.ts"
import { isTerminal } from "../../run/Phase.ts"
import { changeText } from "./listed.ts"
import { follow, type FollowFormat } from "../running/follow.ts"
import type { Shell } from "../Shell.ts"
import { Child } from "./Child.ts"
import type { Ask, Told } from "./messages.ts"
import { planLine } from "./planLine.ts"
import { Watch } from "./Watch.ts"

/** How a loop works. */
export interface LoopOptions {
  readonly shell: Shell
  readonly pinnace: Pinnace
  /** The files that were named. */
  readonly files: ReadonlyArray<string>
  readonly onSave: "off" | "plan" | "run"
  /** Whether nothing is waited for after the first run; default false. */
  readonly isOnce?: boolean
  readonly format: FollowFormat | undefined
  /** Where mistakes are shown on the page, until they are mended. */
  readonly board: Board
  /** Calls back with the exit code of each run that has ended, and of each generation that cannot be loaded. */
  readonly ended: (code: number) => void
}

/** How long a run that is to end may take until its process is killed, in milliseconds. */
const patience = 5_000

/** After how long a person is told that a module is still loading, in milliseconds. */
const slow = 2_000

/** One loop. */
export class Loop {
  readonly #how: LoopOptions
  #number = 0
  #good: Child | undefined
  /** The end of the generation before. */
  #former: Promise<void> | undefined
  #isOver = false
  /** A process that has loaded nothing yet, so that the next save need not wait for one. */
  #next: Child | undefined
  #run: RunHandle | undefined
  /** The run before that one. */
  #before: RunHandle | undefined
  /** What was typed in place of the input. */
  #input: string | undefined
  /** Whether something was saved while a run was at work. */
  #isStale = false
  readonly #watch: Watch
  /** The process that loads a definition. */
  #loading: Child | undefined
  /** The process that was asked for something, and has not answered. */
  #asked: Child | undefined
  /** What is done one after another. */
  #work: Promise<void> = Promise.resolve()

  constructor(how: LoopOptions) {
    this.#how = how
    this.#next = new Child(how.shell)
    this.#watch = new Watch(how.files, (isOwn) => this.#saved(isOwn))
  }

  /** How many files are watched. */
  get files(): number {
    return this.#watch.size
  }

  /** The run that was begun last. */
  get run(): RunHandle | undefined {
    return this.#run
  }

  /** The run before the last one. */
  get before(): RunHandle | undefined {
    return this.#before
  }

  /** Runs with another input from now on; with the former one where it cannot be read. */
  input(text: string): void {
    this.#giveUp()
    this.#do(async () => {
      const [good, former] = [this.#good, this.#input]
      this.#input = text
      await this.#stop()
      await this.#generation(false, true)
      if (this.#good === good) this.#input = former
    })
  }

  /** Looks whether something has changed, and goes on with that. */
  #saved(isOwn: boolean): void {
    const { paint, print } = this.#how.shell
    const files = this.#changed()
    // What others write into the same folder, such as a log of this loop, is nobody's save.
    if (files.length === 0) return isOwn ? print(paint.dim("saved, nothing changed")) : undefined
    print(paint.dim(changeText(files)))
    this.#giveUp()
    this.#isStale = true
    this.#do(async () => {
      // What was saved before this one's turn came is in the generation before it.
      if (!this.#isStale) return
      if (await this.#isAtWork()) {
        return print(paint.dim("begins once the run has ended; r begins now"))
      }
      await this.#generation()
    })
  }

  /** Loads what is there now, and runs it or says what it would do. */
  begin(): void {
    this.#do(() => this.#generation())
  }

  /** Runs the last good generation, or the next one if files have changed; a run at work is ended first. */
  again(afresh: boolean): void {
    this.#giveUp()
    this.#do(async () => {
      await this.#stop()
      if (this.#changed().length > 0 || this.#isStale || this.#good === undefined) {
        return await this.#generation(afresh, true)
      }
      await this.#begin(afresh)
    })
  }

  /** Says what a run of the last good generation would do. */
  plan(): void {
    this.#do(async () => {
      if (this.#good !== undefined) await this.#plan(false)
    })
  }

  /** Ends the run at work and all processes. */
  async end(): Promise<void> {
    this.#watch.close()
    this.#isStale = false
    this.#isOver = true
    this.#loading?.kill()
    const late = setTimeout(() => this.#asked?.kill(), patience)
    await this.#work
    clearTimeout(late)
    await this.#stop()
    const good = this.#good
    this.#good = undefined
    await Promise.all([this.#former, good?.end(), this.#next?.end()])
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#complain(error))
  }

  #complain(error: unknown): void {
    this.#how.shell.complain(String(error instanceof Error ? error.message : error))
  }

  /** What has changed; a file that cannot be read is told, and counts once it can be. */
  #changed(): ReadonlyArray<string> {
    try {
      return this.#watch.changed()
    } catch (error) {
      this.#complain(error)
      return []
    }
  }

  /** What is being loaded is older than what there is now, or takes too long for a person. */
  #giveUp(): void {
    if (this.#loading === undefined) return
    this.#loading.kill()
    this.#loading = undefined
    this.#isStale = true
  }

  async #ask(child: Child, ask: Ask): Promise<Told> {
    this.#asked = child
    const told = await child.ask(ask)
    this.#asked = undefined
    return told
  }

  /** Loads the definition; nothing is told of a load that was given up. */
  async #load(child: Child): Promise<Told | undefined> {
    const { isOnce = false, shell: { paint, print } } = this.#how
    if (this.#isOver) return undefined
    this.#loading = child
    const tell = () => print(paint.dim("still loading; the next save, or r, begins anew"))
    const late = isOnce ? undefined : setTimeout(tell, slow)
    const told = await this.#ask(child, { ask: "load", ...this.#input === undefined ? {} : { input: this.#input } })
    clearTimeout(late)
    if (this.#loading !== child || this.#isOver) return undefined
    this.#loading = undefined
    return told
  }

  async #isAtWork(): Promise<boolean> {
    return this.#run !== undefined && !isTerminal((await this.#run.status()).phase)
  }

  async #stop(): Promise<void> {
    if (!await this.#isAtWork()) return
    const late = setTimeout(() => this.#good?.kill(), patience)
    await this.#run!.terminate("begun anew")
    await this.#run!.ending()
    clearTimeout(late)
  }

  async #generation(afresh = false, isAsked = false): Promise<void> {
    const { shell } = this.#how
    this.#isStale = false
    const child = this.#next ?? new Child(shell)
    this.#next = undefined
    await this.#try(child, afresh, isAsked)
    // Not before: to start a process takes what the run needs now.
    if (!this.#isOver) this.#next = new Child(shell)
  }

  async #try(child: Child, afresh: boolean, isAsked: boolean): Promise<void> {
    const { onSave, shell } = this.#how
    const isBeside = this.#good !== undefined
    const told = await this.#load(child)
    if (told?.told !== "loaded") {
      await child.end()
      if (told === undefined) return
      if (isBeside && child.isPortTaken) return await this.#tryAlone(afresh, isAsked)
      return this.#mistaken(told.told === "mistaken" ? told.lines : [])
    }
    this.#former = this.#good?.end()
    this.#good = child
    void child.gone.then(() => this.#lost(child, isBeside ? () => this.#tryAlone(afresh, isAsked) : undefined))
    this.#number++
    this.#watch.add(told.files)
    this.#how.board.clear()
    if (onSave === "run" || isAsked) return await this.#begin(afresh)
    await this.#plan(afresh)
    if (onSave === "plan") shell.print(shell.paint.dim("r runs it"))
  }

  /** A module that listens on a port cannot be loaded while the one before it does. */
  async #tryAlone(afresh: boolean, isAsked: boolean): Promise<void> {
    const { paint, print } = this.#how.shell
    print(paint.dim("its port is taken: what was loaded before ends first"))
    const good = this.#good
    this.#good = undefined
    await Promise.all([this.#former, good?.end()])
    await this.#try(new Child(this.#how.shell), afresh, isAsked)
  }

  async #plan(afresh: boolean): Promise<boolean> {
    const { paint, print } = this.#how.shell
    const told = await this.#ask(this.#good!, { ask: "plan", afresh })
    if (told.told !== "planned") {
      this.#mistaken(told.told === "mistaken" ? told.lines : [])
      return false
    }
    print(`${paint.bold(`#${this.#number}`)} ${planLine(told.plan)}`)
    return true
  }

  async #begin(afresh: boolean): Promise<void> {
    if (!await this.#plan(afresh)) return
    await this.#former
    const told = await this.#ask(this.#good!, { ask: "run", afresh })
    if (told.told !== "begun") return this.#mistaken(told.told === "mistaken" ? told.lines : [])
    const { ended, format, pinnace, shell } = this.#how
    const run = await pinnace.get(told.run)
    if (run === undefined) return
    this.#before = this.#run
    this.#run = run
    void follow(shell, pinnace, run, { format, executes: false, log: false }).then((code) => {
      ended(code)
      this.#do(async () => this.#isStale && !await this.#isAtWork() ? await this.#generation() : undefined)
    })
  }

  /** Its process is gone: a run that it leaves open is ended, since nobody else executes it. */
  async #lost(child: Child, again: (() => Promise<void>) | undefined): Promise<void> {
    if (this.#good !== child) return
    this.#good = undefined
    if (await this.#isAtWork()) {
      this.#how.shell.complain("The process of the run has ended")
      await this.#run!.terminate("its process has ended")
    }
    if (!child.isPortTaken || again === undefined) return
    // What was saved meanwhile may be good by now, and has taken the place of this one.
    this.#do(async () => this.#good === undefined && !this.#isOver ? await again() : undefined)
  }

  #mistaken(lines: ReadonlyArray<string>): void {
    const { board, ended, shell: { paint, print } } = this.#how
    const stays = this.#good === undefined ? "" : `: #${this.#number} stays`
    board.show(`The last save cannot be run${stays}`, lines)
    for (const line of lines) print(`${paint.icon("Error")} ${line}`)
    if (this.#good !== undefined) print(paint.dim(`#${this.#number} stays`))
    ended(2)
  }
}
