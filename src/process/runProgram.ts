import * as Effect from "effect/Effect"
import { environment, nodeEnvironment } from "./environment.ts"
import type { Exited, SpawnFailed } from "./Executor.ts"
import { Groups } from "./group/Groups.ts"
import { runGroup } from "./group/runGroup.ts"

/** How a program of this host is run. */
export interface ProgramOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether it has the clean environment of nodes. Default false. */
  readonly isBare?: boolean
  /** Called with all that it writes to stdout, as it is written; the answer has only the end of it. */
  readonly onText?: (text: string) => void
}

/** Runs a program that is found in PATH, with nothing to read. Interruption ends it and what it started. */
export const runProgram = (
  program: string,
  args: ReadonlyArray<string>,
  { env = {}, isBare = false, onText }: ProgramOptions = {}
): Effect.Effect<Exited, SpawnFailed> => {
  const onOutput = (stream: "stderr" | "stdout", text: string): void => {
    if (stream === "stdout") onText?.(text)
  }
  const launch = {
    program,
    args,
    cwd: "/",
    env: isBare ? nodeEnvironment("/", env) : environment(env),
    grace: 2_000,
    onOutput,
    most: Infinity
  }
  return Effect.acquireUseRelease(
    Effect.sync(() => new Groups({ shells: [] })),
    (groups) => runGroup(launch, groups),
    (groups) => Effect.sync(() => groups.close())
  )
}
