import { dirname } from "node:path"
import { environment } from "../environment.ts"
import { type Command, type Mount, SpawnFailed } from "../Executor.ts"
import type { Launch } from "../group/Launch.ts"
import { writeScript } from "../script.ts"
import { ask, type EngineName } from "./Engine.ts"
import { runArguments } from "./runArguments.ts"

/** A container to be. */
export interface Start {
  readonly engine: EngineName
  readonly owner: string
  readonly name: string
  /** Where a script is put. */
  readonly directory: string
  readonly mounts: ReadonlyArray<Mount>
  readonly init: boolean
  readonly command: Command
}

const stagingPath = "/argo/staging"

/** How the engine's program is started, or why it cannot be. */
export const launchOf = ({ command, directory, engine, init, mounts, name, owner }: Start): Launch | SpawnFailed => {
  const { grace = 2_000, onOutput, script: source } = command
  const staging = source === undefined ? [] : [{ host: dirname(writeScript(directory, source)), path: stagingPath }]
  const script = source === undefined ? undefined : `${stagingPath}/script`
  try {
    const { args, env } = runArguments({ command, init, mounts: [...mounts, ...staging], name, owner, script })
    // The engine's program passes signals on only some time after the container has begun.
    const stop = ask(engine, ["stop", "--time", String(Math.ceil(grace / 1_000)), name])
    return { program: engine, args, env: environment(env), cwd: "/", grace, onOutput, ask: stop }
  } catch (error) {
    return error instanceof SpawnFailed ? error : new SpawnFailed(String(error))
  }
}
