/**
 * The process of a generation, from the side of the loop.
 *
 * Owns: that process, a group of its own, until it has ended. Does not own: what it runs.
 * Invariant L2: `end` answers only once the process is gone.
 */
import { type ChildProcess, spawn } from "node:child_process"
import process from "node:process"
import { makeMark } from "../running/announcement.ts"
import { selfCommand } from "../running/selfCommand.ts"
import type { Shell } from "../Shell.ts"
import { type Ask, Lines, type Told } from "./messages.ts"

/** How long a process that was asked to end may take until it is killed, in milliseconds. */
const patience = 5_000

/** How much of what it complains of is looked at. */
const lookedAt = 10_000

/** One generation. */
export class Child {
  /** Its process has ended. */
  readonly gone: Promise<void>
  readonly #child: ChildProcess
  readonly #waiting: Array<(told: Told) => void> = []
  readonly #ready: Promise<Told>
  #isGone = false
  #complaint = ""
  #how = ""

  constructor(shell: Shell) {
    const { args, program } = selfCommand(shell)
    const { env, mark } = makeMark()
    const words = [...args, "--db", shell.db, ...shell.args]
    this.#child = spawn(program, words, { detached: true, env, stdio: ["pipe", "pipe", "pipe"] })
    const lines = new Lines(mark)
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      for (const it of lines.add(text)) "told" in it ? this.#waiting.shift()?.(it.told) : shell.print(it.printed)
    })
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-lookedAt)
      shell.complain(text.replace(/\n$/, ""))
    })
    // A process that has ended takes no more.
    this.#child.stdin!.on("error", () => {})
    this.gone = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.#how = signal === null ? ` with exit code ${code}` : ` by ${signal}`
        resolve()
      })
      this.#child.once("error", () => resolve())
    })
    void this.gone.then(() => {
      this.#isGone = true
      for (const told of this.#waiting.splice(0)) told(this.#ended)
    })
    this.#ready = this.#next()
  }

  /** Asks it, and waits for its answer. */
  async ask(ask: Ask): Promise<Told> {
    const told = await this.#ready
    if (told.told === "mistaken") return told
    const answer = this.#next()
    this.#child.stdin!.write(`${JSON.stringify(ask)}\n`)
    return answer
  }

  /** Lets it close, and kills it when that takes too long. */
  async end(): Promise<void> {
    this.#child.stdin!.end()
    const late = setTimeout(() => this.kill(), patience)
    await this.gone
    clearTimeout(late)
  }

  /** Kills it and what it has started. */
  kill(): void {
    const { pid } = this.#child
    if (pid === undefined || this.#child.exitCode !== null) return
    try {
      process.kill(-pid, "SIGKILL")
    } catch {
      this.#child.kill("SIGKILL")
    }
  }

  /** Whether it has failed because something else listens where it wants to. */
  get isPortTaken(): boolean {
    return /\bEADDRINUSE\b|\bAddrInUse\b/.test(this.#complaint)
  }

  get #ended(): Told {
    return { told: "mistaken", lines: [`Its process has ended${this.#how}`] }
  }

  #next(): Promise<Told> {
    if (this.#isGone) return Promise.resolve(this.#ended)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
