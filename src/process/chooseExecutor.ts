/** Which executor to use on this host. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { containerExecutor } from "./container/containerExecutor.ts"
import { type EngineName, engineNames, requireEngine } from "./container/Engine.ts"
import { searchPath } from "./environment.ts"
import type { Executor } from "./Executor.ts"
import { hostExecutor } from "./hostExecutor.ts"
import { sandboxExecutor } from "./sandbox.ts"
import { sandboxWorks } from "./sandboxWorks.ts"
import { installTools } from "./tools.ts"

/** The executors by name; `auto` is the sandbox where it works, `podman` and `docker` run the images of manifests. */
export const executorNames = ["auto", "process", "sandbox", ...engineNames] as const

/** An executor by name. */
export type ExecutorName = typeof executorNames[number]

/** Whether an executor runs images. */
export const isEngine = (name: ExecutorName): name is EngineName => engineNames.some((it) => it === name)

/** Looks whether an executor is there before anything is started. Throws EngineMissing. */
export const requireExecutor = (name: ExecutorName): void => {
  if (isEngine(name)) requireEngine(name)
}

/** Those that were made: they are shared by all that run in one folder, and so are the guards that they keep. */
const made = new Map<string, Executor>()

/**
 * The executor whose own files lie in `folder`; the sandbox shows the user's home only
 * where `showHome` says so. Throws when the sandbox is wanted and does not work here.
 */
export const chooseExecutor = (name: ExecutorName, folder: string, showHome: boolean = false): Executor => {
  const key = `${name} ${showHome} ${folder}`
  // Somebody may have emptied the folder meanwhile.
  if (!isEngine(name)) installTools(join(folder, "bin"), searchPath())
  const known = made.get(key) ?? makeExecutor(name, folder, showHome)
  made.set(key, known)
  return known
}

const makeExecutor = (name: ExecutorName, folder: string, showHome: boolean): Executor => {
  if (isEngine(name)) {
    // Volumes in it are open to every user of a container, which those of the host must not be able to use.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return containerExecutor(name)
  }
  const tools = join(folder, "bin")
  if (name === "process") return hostExecutor(tools)
  if (sandboxWorks(folder)) return sandboxExecutor(tools, showHome)
  if (name === "auto") return hostExecutor(tools)
  throw new Error("The sandbox does not work on this host: it needs Linux, user namespaces and overlay mounts")
}
