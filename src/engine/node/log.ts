/**
 * Node logs: what a body says through its context, Effect's
 * logger or Effect's console, bounded, written without waiting.
 */
import type * as Console from "effect/Console"
import { formatWithOptions } from "node:util"
import * as Cause from "effect/Cause"
import * as Logger from "effect/Logger"
import type { LogLine } from "../../journal/Journal.ts"
import { boundedText } from "../../workflow/boundedText.ts"
import type { TaskLog } from "../../workflow/TaskContext.ts"
import type { LiveNode } from "../Live.ts"

type Level = LogLine["level"]

/** The log of one attempt. */
export const makeLog = (live: LiveNode, attempt: number): TaskLog => {
  const at = (level: Level) => (...values: ReadonlyArray<unknown>) => write(live, attempt, level, printed(values))
  const info = at("info")
  return Object.assign((...values: ReadonlyArray<unknown>) => info(...values), {
    debug: at("debug"),
    info,
    warn: at("warn"),
    error: at("error")
  })
}

/** A logger for Effect bodies that writes to the node's log. */
export const makeLogger = (live: LiveNode, attempt: number): Logger.Logger<unknown, void> =>
  Logger.make(({ cause, message, logLevel }) => {
    const values = Array.isArray(message) ? message : [message]
    const causes = cause.reasons.length === 0 ? [] : [Cause.pretty(cause)]
    write(live, attempt, levels[logLevel] ?? "info", printed([...values, ...causes]))
  })

/** Effect's console, redirected to a node's log. */
export const makeConsole = (log: TaskLog): Console.Console =>
  ({
    ...globalConsole,
    log: log.info,
    info: log.info,
    debug: log.debug,
    warn: log.warn,
    error: log.error,
    trace: log.debug
  }) as Console.Console

const globalConsole = globalThis.console

const levels: Partial<Record<string, Level>> = {
  Trace: "debug",
  Debug: "debug",
  Info: "info",
  Warn: "warn",
  Error: "error",
  Fatal: "error"
}

/**
 * The values as the console prints them. What cannot be shown
 * is said so: a log line must not fail the work it is about.
 */
const printed = (values: ReadonlyArray<unknown>): string => {
  try {
    return formatWithOptions(look, ...values)
  } catch {
    return values.map(alone).join(" ")
  }
}

/** `depth`: errors in errors in errors are worth their lines. */
const look = { colors: false, depth: 4, maxStringLength: 16_384 } as const

const alone = (value: unknown): string => {
  try {
    return typeof value === "string" ? value : formatWithOptions({ ...look, customInspect: false }, "%O", value)
  } catch {
    return `[a ${typeof value} that cannot be shown]`
  }
}

const write = (live: LiveNode, attempt: number, level: Level, clear: string): void => {
  const { run, path } = live
  if (run.abandoned) return
  const text = run.mask.hide(clear)
  const { limits, journal, now } = run.host
  const count = (run.logCounts.get(path) ?? 0) + 1
  if (count > limits.logLines + 1) return
  run.logCounts.set(path, count)
  const line = count > limits.logLines
    ? `(further lines dropped: ${limits.logLines} lines is the limit of one node)`
    : boundedText(text, limits.logLine)
  journal.append([{ kind: "log", row: { run: run.ledger.row.key, path, attempt, at: now(), level, text: line } }])
}
