/** Captures `console` calls of bodies into node logs, when the engine was opened with `captureConsole`. */
import { AsyncLocalStorage } from "node:async_hooks"
import type { TaskLog } from "../../workflow/TaskContext.ts"

const current = new AsyncLocalStorage<TaskLog>()
const methods = ["debug", "info", "log", "warn", "error"] as const
let patched = false

/** Runs a body so that its `console` calls reach its node's log. */
export const observed = <A>(log: TaskLog, body: () => A): A => {
  if (!patched) patch()
  return current.run(log, body)
}

/** `console` keeps working everywhere else: only calls made inside a body are redirected. */
const patch = (): void => {
  patched = true
  for (const method of methods) {
    // The one place that names the global console: capturing it is this module's purpose.
    const original = globalThis.console[method].bind(globalThis.console)
    globalThis.console[method] = (...values: ReadonlyArray<unknown>) => {
      const log = current.getStore()
      if (log === undefined) return original(...values)
      log[method === "log" ? "info" : method](...values)
    }
  }
}
