/**
 * The surroundings of one use of the command: where text goes, how it may look, which file it is about.
 *
 * Owns: the two output streams, and whether the reader of the first has gone away.
 * Does not own: what is written; the screen (`live/Screen.ts`).
 *
 * Invariants
 * - After the reader has gone away (`pinnace list | head -1`) nothing is written and nothing fails.
 * - Text that cannot be written for another reason (a full disk) is told of, once.
 */
import { isatty } from "node:tty"
import process from "node:process"
import type { SomeWorkflow } from "../embed/inspect.ts"
import { userHere } from "../process/userHere.ts"
import type { Actor } from "../run/actor.ts"
import { takeMark } from "./running/announcement.ts"
import { nameOf } from "./arguments/nameOf.ts"
import { Paint } from "./paint/Paint.ts"
import { withoutPassword } from "../postgres/address.ts"

/** What the whole command line is told. */
export interface ShellOptions {
  readonly program: string
  readonly workflows: ReadonlyArray<SomeWorkflow>
  /** What was written after the command. */
  readonly args: ReadonlyArray<string>
  readonly db: string | undefined
  /** Who uses it, as it was written. */
  readonly as: string | undefined
  readonly color: boolean | undefined
  readonly utf8: boolean
  readonly debug: boolean
  /** Where text goes; default the streams of this process. */
  readonly streams?: Streams | undefined
}

/** Where text for the next program and for the person goes. */
export interface Streams {
  readonly out: NodeJS.WritableStream
  readonly err: NodeJS.WritableStream
  /** What a person answers; default the input of this process. */
  readonly in?: NodeJS.ReadableStream
}

/** The surroundings of one use of the command. */
export class Shell {
  /** How the command is called by its user. */
  readonly program: string
  /** The workflows that came with the command, when it is an app's own. */
  readonly workflows: ReadonlyArray<SomeWorkflow>
  /** What was written after the command. */
  readonly args: ReadonlyArray<string>
  /** The state file as it was named, if it was. */
  readonly namedDb: string | undefined
  /** Who uses it, for what is recorded. */
  readonly actor: Actor
  readonly debug: boolean
  readonly paint: Paint
  /** What stands before the id of a run for the process that left it to this one. */
  readonly mark: string = takeMark()
  readonly #streams: Streams
  #usual = ""
  #gone = false
  #isLost = false
  readonly #leavers = new Set<() => void>()

  constructor(options: ShellOptions) {
    this.program = options.program
    this.workflows = options.workflows
    this.args = options.args
    this.namedDb = options.db
    this.actor = { ...userHere(), ...options.as ? { name: options.as } : {}, via: "command" }
    this.debug = options.debug
    this.#streams = options.streams ?? { out: process.stdout, err: process.stderr }
    this.paint = new Paint(options.color ?? this.#wantsColor(), options.utf8)
    this.#streams.out.on("error", (error: NodeJS.ErrnoException) => this.#leave(error))
    this.#streams.err.on("error", () => {})
  }

  /** The state file: `--db`, that of the verb, `$PINNACE_DB`, or `pinnace.db` here. */
  get db(): string {
    return this.namedDb ?? (this.#usual || process.env["PINNACE_DB"] || "pinnace.db")
  }

  /** From now on this is the state file unless `--db` names another one: that of the verb. */
  useDb(file: string): void {
    this.#usual = file
  }

  /** What a further command has to say to mean the same state file: ` --db FILE`, or nothing. */
  get dbOption(): string {
    return this.db === "pinnace.db" ? "" : ` --db ${quoted(this.shownDb)}`
  }

  /** The state file as it is shown: an address without its password. */
  get shownDb(): string {
    return withoutPassword(this.db)
  }

  /** Whether a person looks at what is printed, on a screen that can be drawn on. */
  get isTerminal(): boolean {
    const { out } = this.#streams
    return (out === process.stdout ? isatty(1) : "isTTY" in out && out.isTTY === true) && process.env["TERM"] !== "dumb"
  }

  /** Where a person can be asked: what is answered, and where the question goes; nothing where nobody can be. */
  get dialogue(): { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | undefined {
    const input = this.#streams.in ?? process.stdin
    return "isTTY" in input && input.isTTY === true ? { input, output: this.#streams.err } : undefined
  }

  /** The names of the workflows that came with the command. */
  get names(): ReadonlyArray<string> {
    return this.workflows.map(nameOf)
  }

  /** Columns of the screen; `Infinity` where there is none and nothing has to be cut. */
  get columns(): number {
    return this.isTerminal ? process.stdout.columns || 80 : Infinity
  }

  /** Milliseconds since the epoch. */
  now(): number {
    // tidy: allow Date.now — ages and durations are shown to people by the clock on their wall
    return Date.now()
  }

  /**
   * Waits until all that was printed is out; answers whether some of it could not be written, though somebody wants it.
   */
  async isLost(): Promise<boolean> {
    await new Promise<void>((resolve) => this.#streams.out.write("", () => resolve()))
    return this.#isLost
  }

  /** Writes a line, or several. */
  readonly print = (text: string): void => {
    this.write(`${text}\n`)
  }

  /** Writes text as it is. */
  write(text: string): void {
    if (!this.#gone) this.#streams.out.write(text)
  }

  /** Tells the person, not the next program. */
  readonly complain = (text: string): void => {
    this.#streams.err.write(`${text}\n`)
  }

  /** Calls back when nobody reads any more, also when that was before; the returned function calls it off. */
  onGone(leave: () => void): () => void {
    if (this.#gone) leave()
    else this.#leavers.add(leave)
    return () => this.#leavers.delete(leave)
  }

  #wantsColor(): boolean {
    const { FORCE_COLOR, NO_COLOR } = process.env
    if (NO_COLOR !== undefined && NO_COLOR !== "") return false
    if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true
    return this.isTerminal
  }

  #leave(error: NodeJS.ErrnoException): void {
    if (this.#gone) return
    this.#gone = true
    if (error.code !== "EPIPE") {
      this.#isLost = true
      this.complain(`${this.program}: cannot write its output: ${error.message}`)
    }
    for (const leave of this.#leavers) leave()
  }
}

/** A word as a shell reads it. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
