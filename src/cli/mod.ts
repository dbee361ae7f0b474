/**
 * The command line as a library: an app gives its own workflows all verbs.
 *
 * @example
 * ```ts
 * import { task, workflow } from "pinnace"
 * import { cli } from "pinnace/cli"
 *
 * const hello = task("hello", { run: () => "Hello, world" })
 * const greet = workflow("greet", {}, (w) => w.node("hello", hello))
 *
 * await cli([greet], { program: "greeter" }) // greeter run greet, greeter list, …
 * ```
 *
 * @module
 */
import process from "node:process"
import type { SomeWorkflow } from "../embed/inspect.ts"
import { calledAs } from "./running/calledAs.ts"
import { commandLine } from "./commandLine.ts"

/** How the command line is called. */
export interface CliOptions {
  /**
   * The name of the command, for help and messages; default as it was
   * called: `pinnace`, `npx pinnace`, or the name of the executable.
   */
  readonly program?: string
  /** What was written after the command; default that of this process. */
  readonly args?: ReadonlyArray<string>
  /**
   * The default export of `better-sqlite3/linux-x64` (or another platform),
   * for an executable that holds everything; default found by name.
   */
  readonly driver?: unknown
}

/**
 * Does what the command line says, with the given workflows known by name; sets the exit code of this process and
 * answers it: 0 for success, 1 when a run failed or refused, 2 for errors, 64 for wrong use, 130 when interrupted.
 * Never rejects.
 */
export const cli = async (workflows: ReadonlyArray<SomeWorkflow> = [], options: CliOptions = {}): Promise<number> => {
  const { args = process.argv.slice(2), program = calledAs() } = options
  if (options.driver !== undefined) (await import("../sqlite/driver.ts")).provideDriver(options.driver)
  process.exitCode = await commandLine(args, { program, workflows })
  return process.exitCode
}

export type { SomeWorkflow } from "../embed/inspect.ts"
