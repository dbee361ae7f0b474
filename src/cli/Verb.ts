/** What a verb of the command line is: its page of help as data, and what it does. */
import type { Shell, Streams } from "./Shell.ts"

/** An option; a boolean one takes no value. */
export interface Option {
  readonly type: "boolean" | "string"
  readonly short?: string
  readonly multiple?: boolean
  /** The name of its value on the page of help. */
  readonly value?: string
  readonly about: string
}

/** Options by their long names. */
export type Options = Readonly<Record<string, Option>>

/** What was written after the verb. */
export class Flags {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** The value of an option, the last one when it was given several times. */
  text(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  /** The same with other values for some options. */
  with(values: Readonly<Record<string, unknown>>): Flags {
    return new Flags({ ...this.#values, ...values })
  }

  /** Whether an option without a value was given. */
  on(name: string): boolean {
    return this.#values[name] === true
  }

  /** All values of an option. */
  all(name: string): ReadonlyArray<string> {
    const value = this.#values[name]
    if (value === undefined || typeof value === "boolean") return []
    return Array.isArray(value) ? value : [String(value)]
  }
}

/** One use of a verb. */
export interface Call {
  readonly shell: Shell
  readonly args: ReadonlyArray<string>
  readonly flags: Flags
  /** What was written after the verb, unread. */
  readonly raw: ReadonlyArray<string>
  /** All verbs, for those that tell of the others. */
  readonly table: Table
  /** Does another command line, whose output goes elsewhere. */
  readonly again: (args: ReadonlyArray<string>, streams: Streams) => Promise<number>
}

/** A verb that is not loaded yet. */
export interface Entry {
  readonly group: "Run" | "Look" | "Act" | "Keep" | "Tools"
  readonly summary: string
  readonly load: () => Promise<{ readonly verb: Verb }>
}

/** Verbs by name. */
export type Table = Readonly<Record<string, Entry>>

/** A verb. */
export interface Verb {
  /** What follows the verb: `RUN… [--force]`. */
  readonly usage: string
  /** What it does, in some sentences. */
  readonly about: string
  /** The state file that it uses unless another one is named; default that of all verbs. */
  readonly db?: string
  readonly options: Options
  /** Command lines, each with what it is for. */
  readonly examples: ReadonlyArray<readonly [line: string, why: string]>
  /** The fewest and the most arguments besides options. */
  readonly takes: readonly [least: number, most: number]
  /** It writes files: when a signal ends it, nothing half is left, and a line says how to go on. */
  readonly leavesNothingHalf?: true
  /** Answers the exit code; throws `Usage` for a command line that makes no sense. */
  readonly run: (call: Call) => Promise<number>
}
