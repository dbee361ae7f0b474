/** What is started as the leader of a process group, and how it is followed. */
import type * as Effect from "effect/Effect"
import type { SpawnFailed } from "../Executor.ts"

/** What is started. */
export interface Launch {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly grace: number
  readonly onOutput: ((stream: OutputName, text: string) => void) | undefined
  /** How much of it is passed on, in characters. Default `passedOutput`. */
  readonly most?: number
  /** Asks what was started to end; default SIGTERM to the group. */
  readonly ask?: Effect.Effect<unknown>
}

/** Where text was written to. */
export type OutputName = "stdout" | "stderr"

/** Is told what becomes of a leader. */
export interface Follower {
  readonly wrote: (name: OutputName, text: string) => void
  /** The leader has ended, with this exit code; 128 + n when signal n ended it. */
  readonly left: (code: number) => void
  /** All that was written has been read, since nobody can write any more. */
  readonly closed: () => void
  readonly failed: (error: SpawnFailed) => void
}

/** A process that leads a group of its own. */
export interface Leader {
  /** Signals the whole group, as long as there is somebody in it. */
  readonly signal: (signal: NodeJS.Signals) => void
  /** The group is gone: nothing is read any more, and nobody has to watch over it. */
  readonly release: () => void
}

/** Signals a group by the process that leads or led it. */
export const signalGroup = (leader: number | undefined, signal: NodeJS.Signals): void => {
  if (leader === undefined) return
  try {
    process.kill(-leader, signal)
  } catch {
    // Nobody of the group is left.
  }
}
