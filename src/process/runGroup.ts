/**
 * Runs one command as the leader of a process group of its own.
 *
 * Owns: the group until its end. Invariant: when the effect ends, however it ends, no process of the group is left.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Exited, SpawnFailed } from "./Executor.ts"
import type { Guardian } from "./Guardian.ts"
import { Tail } from "./Tail.ts"

/** How much of stdout and stderr is kept, in characters. */
export const keptOutput = 262_144
/** How much output is passed on while it is written, in characters; the rest is dropped with a mark. */
export const passedOutput = 10_485_760

/** What is started. */
export interface Launch {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly grace: number
  readonly onOutput: ((stream: "stdout" | "stderr", text: string) => void) | undefined
  /** How much of it is passed on, in characters. Default `passedOutput`. */
  readonly most?: number
  /** Asks what was started to end; default SIGTERM to the group. */
  readonly ask?: Effect.Effect<unknown>
}

/** Starts the command and waits for its end. Interruption asks the group to end, then kills it. */
export const runGroup = (launch: Launch, guardian: Guardian): Effect.Effect<Exited, SpawnFailed> =>
  Effect.acquireUseRelease(
    Effect.try({ try: () => new Group(launch, guardian), catch: (error) => error as SpawnFailed }),
    (group) => group.exited,
    (group) => group.end(launch)
  )

class Group {
  readonly #child: ChildProcess
  readonly #guardian: Guardian
  readonly #stdout = new Tail(keptOutput)
  readonly #stderr = new Tail(keptOutput)
  #passed = 0
  #exit: Exited | undefined
  #failure: SpawnFailed | undefined
  #closed = false
  readonly #listeners = new Set<() => void>()

  constructor({ args, cwd, env, most = passedOutput, onOutput, program }: Launch, guardian: Guardian) {
    this.#guardian = guardian
    guardian.prepare()
    this.#child = start(program, args, cwd, env)
    if (this.#child.pid !== undefined) guardian.add(this.#child.pid)
    this.#listen("stdout", this.#stdout, onOutput, most)
    this.#listen("stderr", this.#stderr, onOutput, most)
    this.#child.on(
      "error",
      (error) => this.#note(() => this.#failure = new SpawnFailed(`failed to start ${program}: ${error.message}`))
    )
    this.#child.on("exit", (code, signal) => this.#left(code, signal))
    this.#child.on("close", () => this.#note(() => this.#closed = true))
  }

  #listen(name: "stdout" | "stderr", tail: Tail, onOutput: Launch["onOutput"], most: number): void {
    const stream = this.#child[name]!
    stream.setEncoding("utf8")
    stream.on("error", () => {})
    stream.on("data", (text: string) => {
      tail.push(text)
      if (onOutput === undefined || this.#passed > most) return
      this.#passed += text.length
      onOutput(name, this.#passed > most ? "[output truncated]\n" : text)
    })
  }

  #note(change: () => void): void {
    change()
    for (const listener of [...this.#listeners]) listener()
  }

  /** The leader is gone; whatever it left behind is killed, which also closes the pipes. */
  #left(code: number | null, signal: NodeJS.Signals | null): void {
    this.#signal("SIGKILL")
    const number = signal === null ? code ?? 0 : 128 + (constants.signals[signal] ?? 0)
    this.#note(() => this.#exit = { code: number, stdout: "", cut: false, stderr: "" })
  }

  /** Waits for the end of the leader and, shortly, for the end of its output. */
  get exited(): Effect.Effect<Exited, SpawnFailed> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#until(() => this.#exit !== undefined || this.#failure !== undefined)
      if (this.#failure !== undefined) return yield* Effect.fail(this.#failure)
      yield* Effect.timeoutOption(this.#until(() => this.#closed), Duration.millis(500))
      // If this process stood still meanwhile, what was written is still to be read.
      if (!this.#closed) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))))
      }
      const { code } = this.#exit!
      return { code, stdout: this.#stdout.text(), cut: this.#stdout.cut, stderr: this.#stderr.text() }
    })
  }

  #until(condition: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const look = (): void => {
        if (!condition()) return
        this.#listeners.delete(look)
        resume(Effect.void)
      }
      this.#listeners.add(look)
      look()
      return Effect.sync(() => {
        this.#listeners.delete(look)
      })
    })
  }

  /** Asks the group to end, kills it after `grace` milliseconds, and waits until the leader is gone. */
  end({ ask, grace }: Launch): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const gone = this.#until(() => this.#exit !== undefined || this.#failure !== undefined)
      if (this.#exit === undefined && this.#failure === undefined) {
        if (ask === undefined) this.#signal("SIGTERM")
        else yield* Effect.forkDetach(ask)
        yield* Effect.timeoutOption(gone, Duration.millis(grace))
        this.#signal("SIGKILL")
        yield* gone
      }
      this.#child.stdout?.destroy()
      this.#child.stderr?.destroy()
      if (this.#child.pid !== undefined) this.#guardian.remove(this.#child.pid)
    })
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // Nobody of the group is left.
    }
  }
}

const start = (
  program: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>
): ChildProcess => {
  try {
    return spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    throw new SpawnFailed(`failed to start ${program}: ${(error as Error).message}`)
  }
}
