/**
 * A shell that starts leaders, one after another. A fork of this process costs the more the larger it is, one of a
 * shell next to nothing; and what a leader writes to is a pipe, where Node and Bun give sockets, which cannot be opened
 * again as `/dev/stdout`.
 *
 * Owns: the shell, two named pipes and the file that says what is next, in the guardian's directory. Invariants: one
 * leader at a time; every leader is known to the guardian before its program begins; a shell that finds the
 * guardian's directory gone ends.
 */
import { Buffer } from "node:buffer"
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { SpawnFailed } from "../Executor.ts"
import type { Guardian } from "./Guardian.ts"
import { type Follower, type Launch, type Leader, type OutputName, signalGroup } from "./Launch.ts"
import { type PipeReader, readPipe } from "./readPipe.ts"
import { setLoopHold } from "./setLoopHold.ts"
import { leaderCommand, shellEnvironment } from "./leaderCommand.ts"
import { asNext, type Dialect, shellArguments } from "./shellProgram.ts"

const pipeNames = ["stdout", "stderr"] as const

/** One leader of the shell, until it is released. */
interface Work {
  readonly launch: Launch
  readonly follower: Follower
  readonly readers: Array<PipeReader>
  open: number
  leader: number | undefined
  /** Signals from before the leader was known. */
  early: Array<NodeJS.Signals>
  left: boolean
}

/** A shell for leaders. */
export class Shell {
  /** Whether it can be used, which is known once it has begun. */
  readonly ready: Promise<boolean>
  readonly #guardian: Guardian
  readonly #dialect: Dialect
  readonly #directory: string
  /** The file that says what is to be done next. */
  readonly #next: number
  readonly #child: ChildProcess
  #alive = false
  #text = ""
  #work: Work | undefined
  #answer: (ready: boolean) => void = () => {}

  constructor(guardian: Guardian, dialect: Dialect) {
    this.#guardian = guardian
    this.#dialect = dialect
    this.#directory = mkdtempSync(join(guardian.prepare(), "shell-"))
    this.#next = openSync(join(this.#directory, "next"), "w", 0o600)
    this.ready = new Promise((resolve) => this.#answer = resolve)
    this.#child = this.#spawn(guardian.log)
    if (this.#child.pid !== undefined) guardian.add(this.#child.pid)
    this.#listen()
  }

  #spawn(log: string): ChildProcess {
    try {
      return spawn(this.#dialect, [...shellArguments(this.#dialect), this.#directory, log], {
        cwd: "/",
        detached: true,
        env: shellEnvironment(),
        stdio: ["pipe", "pipe", "ignore"]
      })
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  /**
   * Starts a leader; nothing may be at work here. Throws what the
   * system says when it cannot be: then only `close` is left.
   */
  start(launch: Launch, follower: Follower): Leader {
    const work: Work = { launch, follower, readers: [], open: 2, leader: undefined, early: [], left: false }
    const closed = (): void => {
      if (--work.open === 0 && this.#work === work) follower.closed()
    }
    this.#work = work
    for (const name of pipeNames) {
      work.readers.push(readPipe(this.#pipe(name), (text) => follower.wrote(name, text), closed))
    }
    this.#tell(asNext(leaderCommand(launch, this.#dialect), this.#dialect))
    setLoopHold(this.#child, true)
    return {
      signal: (signal) => work.leader === undefined ? work.early.push(signal) : signalGroup(work.leader, signal),
      release: () => this.#release(work)
    }
  }

  /** Whether another leader can be started. */
  get idle(): boolean {
    return this.#work === undefined && this.#alive && pipeNames.every((name) => existsSync(this.#pipe(name)))
  }

  /** Ends the shell, which tells nobody any more. */
  close(): void {
    for (const reader of this.#work?.readers ?? []) reader.close()
    this.#work = undefined
    signalGroup(this.#child.pid, "SIGKILL")
    if (this.#child.pid !== undefined) this.#guardian.remove(this.#child.pid)
    this.#leave()
  }

  #pipe(name: OutputName): string {
    return join(this.#directory, name)
  }

  /** A part of a command would be another one. */
  #tell(next: string): void {
    const bytes = Buffer.from(next)
    if (writeSync(this.#next, bytes, 0, bytes.length, 0) < bytes.length) throw new Error("No space left")
    this.#child.stdin?.write("\n")
  }

  #leave(): void {
    closeSync(this.#next)
    try {
      rmSync(this.#directory, { recursive: true, force: true })
    } catch {
      // The guardian removes it at the end.
    }
  }

  /** A shell whose pipes somebody still holds is not used again. */
  #release(work: Work): void {
    for (const reader of work.readers) reader.close()
    if (work.leader !== undefined) this.#guardian.remove(work.leader)
    if (work.open === 0 && work.left) this.#work = undefined
    setLoopHold(this.#child, false)
  }

  #listen(): void {
    const { stdin, stdout } = this.#child
    stdin?.on("error", () => {})
    stdout?.setEncoding("utf8").on("error", () => {}).on("data", (text: string) => {
      const lines = `${this.#text}${text}`.split("\n")
      this.#text = lines.pop() ?? ""
      for (const line of lines) this.#told(line)
    })
    this.#child.on("error", () => this.#answer(false))
    this.#child.on("exit", () => this.#gone())
  }

  /** The shell says `ready`, `+ LEADER` or `= EXITCODE`. */
  #told(line: string): void {
    const [sign, number] = line.split(" ")
    if (sign === "ready") this.#begin()
    else if (sign === "+") this.#begun(Number(number))
    else if (sign === "=") this.#ended(Number(number))
  }

  #begin(): void {
    this.#alive = true
    setLoopHold(this.#child, false)
    this.#answer(true)
  }

  #begun(leader: number): void {
    const work = this.#work
    if (work === undefined) return
    work.leader = leader
    for (const signal of work.early) signalGroup(leader, signal)
  }

  #ended(code: number): void {
    const work = this.#work
    if (work === undefined || work.left) return
    work.left = true
    const { follower, launch, leader } = work
    if (leader === undefined) follower.failed(new SpawnFailed(`failed to start ${launch.program}: exit code ${code}`))
    else follower.left(code)
  }

  /** Without the shell nobody knows how the leader ends: it is killed. */
  #gone(): void {
    this.#alive = false
    this.#answer(false)
    signalGroup(this.#work?.leader, "SIGKILL")
    this.#ended(137)
  }
}
