/**
 * Runs one command as the leader of a process group of its own.
 *
 * Owns: the group until its end. Invariant: when the effect ends, however it ends, no process of the group is left.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Exited, SpawnFailed } from "../Executor.ts"
import type { Groups } from "./Groups.ts"
import type { Follower, Launch, Leader, OutputName } from "./Launch.ts"
import { startFailure } from "./leaderCommand.ts"
import { Tail } from "./Tail.ts"

/** How much of stdout and stderr is kept, in characters. */
const keptOutput = 262_144
/** How much output is passed on while it is written, in characters; the rest is dropped with a mark. */
const passedOutput = 10_485_760

/** Starts the command and waits for its end. Interruption asks the group to end, then kills it. */
export const runGroup = (launch: Launch, groups: Groups): Effect.Effect<Exited, SpawnFailed> =>
  Effect.acquireUseRelease(
    Effect.suspend(() => {
      const group = new Group(launch)
      return Effect.map(groups.start(launch, group), (leader) => ({ group, leader }))
    }),
    ({ group, leader }) => group.exited(leader),
    ({ group, leader }) => group.end(leader)
  )

class Group implements Follower {
  readonly #launch: Launch
  readonly #output = { stdout: new Tail(keptOutput), stderr: new Tail(keptOutput) }
  #passed = 0
  #code: number | undefined
  #failure: SpawnFailed | undefined
  #closed = false
  readonly #listeners = new Set<() => void>()

  constructor(launch: Launch) {
    this.#launch = launch
  }

  wrote(name: OutputName, text: string): void {
    const { most = passedOutput, onOutput } = this.#launch
    this.#output[name].push(text)
    if (onOutput === undefined || this.#passed > most) return
    this.#passed += text.length
    onOutput(name, this.#passed > most ? "[output truncated]\n" : text)
  }

  left(code: number): void {
    this.#note(() => this.#code = code)
  }

  closed(): void {
    this.#note(() => this.#closed = true)
  }

  failed(failure: SpawnFailed): void {
    this.#note(() => this.#failure = failure)
  }

  #note(change: () => void): void {
    change()
    for (const listener of [...this.#listeners]) listener()
  }

  /**
   * Waits for the end of the leader and, shortly, for the end of its
   * output; whatever it left behind is killed, which also closes the pipes.
   */
  exited(leader: Leader): Effect.Effect<Exited, SpawnFailed> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#gone
      if (this.#failure !== undefined) return yield* Effect.fail(this.#failure)
      leader.signal("SIGKILL")
      yield* Effect.timeoutOption(this.#until(() => this.#closed), Duration.millis(500))
      // If this process stood still meanwhile, what was written is still to be read.
      if (!this.#closed) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))))
      }
      return yield* this.#result(this.#code!)
    })
  }

  #result(code: number): Effect.Effect<Exited, SpawnFailed> {
    const { stderr, stdout } = this.#output
    const failure = startFailure(this.#launch, code, stderr.text())
    if (failure !== undefined) return Effect.fail(failure)
    return Effect.succeed({ code, stdout: stdout.text(), cut: stdout.cut, stderr: stderr.text() })
  }

  get #isGone(): boolean {
    return this.#code !== undefined || this.#failure !== undefined
  }

  get #gone(): Effect.Effect<void> {
    return this.#until(() => this.#isGone)
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
  end(leader: Leader): Effect.Effect<void> {
    const { ask, grace } = this.#launch
    return Effect.gen({ self: this }, function* () {
      if (!this.#isGone) {
        if (ask === undefined) leader.signal("SIGTERM")
        else yield* Effect.forkDetach(ask)
        yield* Effect.timeoutOption(this.#gone, Duration.millis(grace))
        leader.signal("SIGKILL")
        yield* this.#gone
        leader.signal("SIGKILL")
      }
      leader.release()
    })
  }
}
