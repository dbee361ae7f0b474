/**
 * Leaves a run to a background process: this very command again, without a terminal and in a session of its own.
 *
 * Owns: that process until it says which run it executes. Does
 * not own: the run, which goes on when this process has ended.
 */
import { type ChildProcess, spawn } from "node:child_process"
import process from "node:process"
import { parseArgs, type ParseArgsConfig } from "node:util"
import { announced, makeMark } from "./announcement.ts"
import { everywhere } from "../help.ts"
import { selfCommand } from "./selfCommand.ts"
import type { Shell } from "../Shell.ts"
import { table } from "../paint/table.ts"
import { exitCodes, Usage } from "../Usage.ts"
import { type Call, Flags, type Option, type Options } from "../Verb.ts"

/** The option of verbs that execute. */
export const detachOption: Option = {
  type: "boolean",
  about: "Leave it to a background process, print the id and return; -o name|json says how"
}

/** The same command waits for the end, as Argo's does. */
export const waitOption: Option = {
  type: "boolean",
  about: "Wait until it ends; only needed with --detach, since it waits anyway"
}

/** A run that a background process executes. */
export interface Detached {
  readonly id: string
  /** The process. */
  readonly pid: number
}

/** What only concerns the process that looks on. */
const notPassedOn = new Set(["detach", "output", "watch", "wait", "log"])

/**
 * Starts `verb` with the words of this call in the background; answers
 * its run once that is durable and executed, or the exit code.
 */
export const startDetached = (call: Call, verb: string, options: Options): Promise<Detached | number> => {
  const { shell } = call
  if (shell.db === ":memory:") throw new Usage("a background process needs a state file, and --db :memory: is not one")
  const self = selfCommand(shell)
  const args = [...self.args, verb, "-o", "name", ...passedOn(call.raw, options)]
  const { env, mark } = makeMark()
  return begun(spawn(self.program, args, { detached: true, env, stdio: ["ignore", "pipe", "pipe"] }), mark, shell)
}

/** Leaves the work of a verb to the background and says how to go on; answers the exit code. */
export const detach = async (call: Call, verb: string, options: Options): Promise<number> => {
  const format = detachedFormat(call)
  const detached = await startDetached(call, verb, options)
  if (typeof detached === "number") return detached
  tellDetached(call.shell, detached, format)
  if (!call.flags.on("wait")) return 0
  const { verb: wait } = await call.table["wait"]!.load()
  return wait.run({ ...call, args: [detached.id], flags: new Flags({}), raw: [] })
}

/** What is printed of a run that was left: all, or its id, or an object. Throws Usage. */
export const detachedFormat = ({ flags }: Call): string | undefined => {
  const format = flags.text("output")
  if (format === undefined || format === "name" || format === "json") return format
  throw new Usage(`-o ${format}: choose name or json for a run in the background`)
}

/** Says which run it is and what can be done about it. */
export const tellDetached = (shell: Shell, { id, pid }: Detached, format: string | undefined): void => {
  const { paint, print } = shell
  if (format === "name") return print(id)
  if (format === "json") return print(JSON.stringify({ id, pid, db: shell.shownDb }))
  print(`${paint.bold(id)} runs in the background, in process ${pid}`)
  nextSteps(shell, id).forEach(print)
}

/** What can be done about a run that somebody else executes, as lines. */
export const nextSteps = ({ dbOption, paint, program }: Shell, id: string): ReadonlyArray<string> =>
  table([
    [`  ${program} watch ${id}${dbOption}`, "follow it"],
    [`  ${program} logs -f ${id}${dbOption}`, "what it logs"],
    [`  ${program} stop ${id}${dbOption}`, "end it; exit handlers still run"]
  ], Infinity).map((line) => paint.dim(line))

/**
 * The words for the background process: each option by its long
 * name, so that of a group such as `-qo json` one can be left out.
 */
export const passedOn = (raw: ReadonlyArray<string>, options: Options): ReadonlyArray<string> => {
  const known = { ...options, ...everywhere } as ParseArgsConfig["options"] & object
  const { tokens } = parseArgs({ args: [...raw], options: known, allowPositionals: true, tokens: true })
  return tokens.flatMap((it) => {
    if (it.kind === "option-terminator") return ["--"]
    if (it.kind === "positional") return [it.value]
    if (notPassedOn.has(it.name)) return []
    return [it.value === undefined ? `--${it.name}` : `--${it.name}=${it.value}`]
  })
}

/** The process says which run it has; one that ends without has failed, and has said why. */
const begun = (child: ChildProcess, mark: string, shell: Shell): Promise<Detached | number> =>
  new Promise((resolve, reject) => {
    const { stderr, stdout } = child
    let out = ""
    stderr!.setEncoding("utf8").on("data", (text: string) => process.stderr.write(text))
    stdout!.setEncoding("utf8").on("data", (text: string) => {
      out += text
      const id = announced(out, mark)
      if (id === undefined) return
      // Its end is no longer ours to tell of.
      child.off("close", ended)
      leave(child)
      resolve({ id, pid: child.pid! })
    })
    const ended = (code: number | null): void => {
      if (code === 0) shell.complain(`${shell.program}: the background process ended without a run`)
      resolve(code === null || code === 0 ? exitCodes.Error : code)
    }
    child.once("error", reject)
    child.once("close", ended)
  })

/** From here on it is on its own: what it still prints goes nowhere. */
const leave = (child: ChildProcess): void => {
  child.stdout!.destroy()
  child.stderr!.destroy()
  child.unref()
}
