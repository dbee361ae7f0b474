/**
 * Node logs: what a body says through its context, Effect's
 * logger or Effect's console, bounded, written without waiting.
 */
import type * as Console from "effect/Console"
import { formatWithOptions } from "node:util"
import * as Cause from "effect/Cause"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { LogLine } from "../../journal/Journal.ts"
import { boundedText } from "../../workflow/boundedText.ts"
import type { TaskLog } from "../../workflow/TaskContext.ts"
import type { LiveNode } from "../Live.ts"
import { attempted, fieldsText, isFields, type LogFields } from "./logFields.ts"
import type { Mask } from "./Mask.ts"
import { tellLine } from "./tellLine.ts"

type Level = LogLine["level"]

/** The log of one attempt; `bound` are fields that all its lines have. */
export const makeLog = (live: LiveNode, attempt: number, bound?: LogFields): TaskLog => {
  const at = (level: Level) => (...values: ReadonlyArray<unknown>) => write(live, attempt, level, { values, bound })
  const info = at("info")
  return Object.assign((...values: ReadonlyArray<unknown>) => info(...values), {
    debug: at("debug"),
    info,
    warn: at("warn"),
    error: at("error"),
    with: (fields: LogFields) => makeLog(live, attempt, attempted(() => ({ ...bound, ...fields })) ?? bound)
  })
}

/** A logger for Effect bodies that writes to the node's log. */
export const makeLogger = (live: LiveNode, attempt: number): Logger.Logger<unknown, void> =>
  Logger.make(({ cause, date, fiber, message, logLevel }) => {
    const values = Array.isArray(message) ? message : [message]
    const causes = cause.reasons.length === 0 ? [] : [Cause.pretty(cause)]
    const bound = said(fiber.getRef(References.CurrentLogAnnotations), fiber.getRef(References.CurrentLogSpans), date)
    write(live, attempt, levels[logLevel] ?? "info", { values, causes, bound })
  })

/** What an Effect body says beside its lines: annotations but for our own, and how long its log spans have lasted. */
const said = (
  annotations: Readonly<Record<string, unknown>>,
  spans: ReadonlyArray<readonly [label: string, startedAt: number]>,
  now: Date
): LogFields | undefined => {
  const entries = [
    ...Object.entries(annotations).filter(([name]) => !name.startsWith("pinnace.")),
    ...spans.map(([label, startedAt]) => [label, `${now.getTime() - startedAt}ms`] as const)
  ]
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

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

/** What is said in one line. */
interface Said {
  readonly values: ReadonlyArray<unknown>
  readonly causes?: ReadonlyArray<string>
  /** Fields that were named before. */
  readonly bound?: LogFields | undefined
}

const write = (live: LiveNode, attempt: number, level: Level, said: Said): void => {
  const { run, path } = live
  if (run.abandoned) return
  const { limits, now } = run.host
  const count = (run.logCounts.get(path) ?? 0) + 1
  if (count > limits.logLines + 1) return
  run.logCounts.set(path, count)
  const at = { run: run.ledger.row.key, path, attempt, at: now(), level }
  if (count <= limits.logLines) return keep(live, { ...at, ...lineOf(said, run.mask, limits.logLine) })
  keep(live, { ...at, text: `(further lines dropped: ${limits.logLines} lines is the limit of one node)` })
}

/** What is said, as text and as fields. */
const lineOf = ({ bound, causes = [], values }: Said, mask: Mask, limit: number): Pick<LogLine, "data" | "text"> => {
  const own = values.at(-1)
  const layers = [...bound === undefined ? [] : [bound], ...isFields(own) ? [own] : []]
  const clear = printed([...values, ...causes, ...bound === undefined ? [] : [bound]])
  const text = boundedText(mask.hide(clear), limit)
  const data = layers.length === 0 ? undefined : fieldsText(layers, mask)
  return data === undefined ? { text } : { text, data }
}

const keep = ({ path, run }: LiveNode, row: LogLine): void => {
  run.host.journal.append([{ kind: "log", row }])
  tellLine(run, path, row)
}
