/**
 * What bodies say for themselves, outside the engine: one line in a
 * shared file for each time a body begins or ends while it holds permits.
 * The file is only ever appended to, so the order of its lines is the order of what happened in all processes.
 */
import { appendFileSync, readFileSync } from "node:fs"

/** A body began or ended; `token` names this very execution. */
export interface BodyLine {
  readonly what: "enter" | "leave"
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number
  readonly host: number
  readonly run: string
  readonly node: string
  readonly attempt: number
  readonly token: string
  /** What is held meanwhile: permits by name. */
  readonly takes: Readonly<Record<string, number>>
}

/** From this line on a process counts as dead: it is about to be killed, or was just declared dead. */
export interface EndLine {
  readonly what: "kill" | "fence"
  readonly at: number
  readonly host: number
}

/** A line of the file. */
export type Line = BodyLine | EndLine

/** The instant, finer than milliseconds and the same in all processes of the machine. */
export const instant = (): number => performance.timeOrigin + performance.now()

/** Appends a line; one small write with O_APPEND is whole or not there at all. */
export const write = (file: string, line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`)

/** The lines in the order they were written. */
export const read = (file: string): ReadonlyArray<Line> =>
  readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n").filter((text) => text !== "")
    .map((text) => JSON.parse(text))
