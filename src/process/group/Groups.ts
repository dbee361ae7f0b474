/**
 * The process groups of an executor.
 *
 * Owns: the guardian, and the shells that start leaders. Does not own: the groups, which belong to who runs them.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import { SpawnFailed } from "../Executor.ts"
import { Guardian } from "./Guardian.ts"
import type { Follower, Launch, Leader } from "./Launch.ts"
import { isForShell } from "./leaderCommand.ts"
import type { Dialect } from "./shellProgram.ts"
import type { Shell } from "./Shell.ts"
import { Shells } from "./Shells.ts"
import { spawnLeader } from "./spawnLeader.ts"

/** Deno reads named pipes with a thread each only; what it starts has real pipes anyway. */
const dialects: ReadonlyArray<Dialect> = process.platform !== "linux" || "Deno" in globalThis ? [] : ["bash", "sh"]

/** How groups are kept. */
export interface GroupsOptions {
  /** A command that is run when this process and all groups are gone; default none. */
  readonly last?: ReadonlyArray<string>
  /** Which shells may start the leaders, the best first; default all that work with this runtime. */
  readonly shells?: ReadonlyArray<Dialect>
}

/** Starts leaders of groups, and sees to it that no group outlives this process. */
export class Groups {
  readonly #guardian: Guardian
  readonly #shells: Shells

  constructor({ last = [], shells = dialects }: GroupsOptions = {}) {
    this.#guardian = new Guardian(last)
    this.#shells = new Shells(this.#guardian, shells)
  }

  /** Starts a leader. */
  start(launch: Launch, follower: Follower): Effect.Effect<Leader, SpawnFailed> {
    return Effect.flatMap(this.#take(launch), (shell) =>
      Effect.try({
        try: () => this.#lend(shell, launch, follower) ?? spawnLeader(launch, this.#guardian, follower),
        catch: (error) => error instanceof SpawnFailed ? error : new SpawnFailed(String(error))
      }))
  }

  /** What a shell would start otherwise than the system does is left to the system. */
  #take(launch: Launch): Effect.Effect<Shell | undefined> {
    return Effect.promise(() => isForShell(launch) ? this.#shells.take() : Promise.resolve(undefined))
  }

  /** `undefined` where no shell can start it. */
  #lend(shell: Shell | undefined, launch: Launch, follower: Follower): Leader | undefined {
    if (shell === undefined) return undefined
    try {
      const { release, signal } = shell.start(launch, follower)
      return { signal, release: () => (release(), this.#shells.give(shell)) }
    } catch {
      this.#shells.give(shell)
      return undefined
    }
  }

  /** Ends what is kept, and with it every group that is still there. */
  close(): void {
    this.#shells.close()
    this.#guardian.close()
  }
}
