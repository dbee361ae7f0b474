/** Starts a leader as a child of this process. */
import { type ChildProcess, spawn } from "node:child_process"
import { constants } from "node:os"
import { SpawnFailed } from "../Executor.ts"
import type { Guardian } from "./Guardian.ts"
import { type Follower, type Launch, type Leader, type OutputName, signalGroup } from "./Launch.ts"

/**
 * Throws SpawnFailed when it is known at once that it cannot be started; tells the follower when it turns out later.
 */
export const spawnLeader = (launch: Launch, guardian: Guardian, follower: Follower): Leader => {
  guardian.prepare()
  const child = spawned(launch)
  child.on("error", (error) => follower.failed(failure(launch, error)))
  if (child.pid !== undefined) guardian.add(child.pid)
  for (const name of ["stdout", "stderr"] as const) listen(child, name, follower)
  child.on(
    "exit",
    (code, signal) => follower.left(signal === null ? code ?? 0 : 128 + (constants.signals[signal] ?? 0))
  )
  child.on("close", () => follower.closed())
  return {
    signal: (signal) => signalGroup(child.pid, signal),
    release: () => {
      child.stdout?.destroy()
      child.stderr?.destroy()
      if (child.pid !== undefined) guardian.remove(child.pid)
    }
  }
}

/** Without descriptors left there is no stream, and an error is on its way. */
const listen = (child: ChildProcess, name: OutputName, follower: Follower): void => {
  const stream = child[name]?.setEncoding("utf8")
  stream?.on("error", () => {})
  stream?.on("data", (text: string) => follower.wrote(name, text))
}

const spawned = (launch: Launch): ChildProcess => {
  const { args, cwd, env, program } = launch
  try {
    return spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    throw failure(launch, error as Error)
  }
}

const failure = ({ program }: Launch, { message }: Error): SpawnFailed =>
  new SpawnFailed(`failed to start ${program}: ${message}`)
