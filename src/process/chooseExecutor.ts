/** Which executor to use on this host. */
import { join } from "node:path"
import process from "node:process"
import type { Executor } from "./Executor.ts"
import { hostExecutor } from "./hostExecutor.ts"
import { sandboxExecutor, sandboxWorks } from "./sandbox.ts"
import { installTools } from "./tools.ts"

/** The executors by name; `auto` is the sandbox where it works. */
export type ExecutorName = "auto" | "process" | "sandbox"

/** Makes an executor whose own files lie in `folder`. Throws when the sandbox is wanted and does not work here. */
export const chooseExecutor = (name: ExecutorName, folder: string): Executor => {
  const tools = join(folder, "bin")
  installTools(tools, process.env["PATH"] ?? "")
  if (name === "process") return hostExecutor(tools)
  if (sandboxWorks(folder)) return sandboxExecutor(tools)
  if (name === "auto") return hostExecutor(tools)
  throw new Error("The sandbox does not work on this host: it needs Linux, user namespaces and overlay mounts")
}
