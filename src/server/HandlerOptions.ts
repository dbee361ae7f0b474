/** How a handler is made. */
import { callable, flag, listOf, record, type Rules, text, under } from "../workflow/admit.ts"
import type { LoadOptions } from "../argo/Capabilities.ts"
import { type Schedule, scheduleRule } from "../schedule/Schedule.ts"
import { type Fault, shown } from "../workflow/values.ts"
import { Board } from "./Board.ts"
import type { StorePlaces } from "./ManifestStore.ts"
import { TOKEN_MIN } from "./guard/token.ts"

/** What a handler is told. Somebody has to say who may ask: give `token` or `authorize`. */
export interface HandlerOptions {
  /**
   * The token that every request must send as `Authorization: Bearer TOKEN`; or several, by the names of who has them.
   */
  readonly token?: string | Readonly<Record<string, string>>
  /**
   * Who asks, where your app knows that: the name of the person, or `undefined` for nobody. Replaces the token. For a
   * start that brings a value for a node it is asked twice: for the start, and for `POST …/runs/ID/signal` (`new` for a
   * run without an id).
   */
  readonly authorize?: (request: Request) => string | undefined | Promise<string | undefined>
  /** The path that your app mounts it at, such as `/flows`. Default the root. */
  readonly base?: string
  /** Names under which your app is called, such as `flows.example.com`, besides those of this machine. `*` is any. */
  readonly hosts?: ReadonlyArray<string>
  /** Origins of other pages that may call it, such as `https://tools.example.com`. Default none. */
  readonly origins?: ReadonlyArray<string>
  /** How Argo manifests that clients send are run; default as `load` does it. */
  readonly manifests?: LoadOptions
  /** Where Argo's templates and CronWorkflows are: `files`, and a `writable` directory if clients may change some. */
  readonly templates?: StorePlaces
  /** Schedules of code that can be triggered and backfilled from the page; only `open` keeps them. */
  // deno-lint-ignore no-explicit-any -- whatever services its workflow needs
  readonly schedules?: ReadonlyArray<Schedule<any>>
  /** What the page tells of the state file; `pinnace ui` has one. Default nothing. */
  readonly file?: StateFile
  /** What you tell all who look at the page, while the server is there. Default nothing. */
  readonly board?: Board
  /** Whether runs can only be looked at. Default false. */
  readonly readOnly?: boolean
  /**
   * How command lines of clients are done, as `pinnace --server` sends them; answers the exit code. Default not at
   * all.
   */
  readonly command?: (use: Use) => Promise<number>
  /** Is told of every answer: who, what, how it went. Default nobody is. No token is ever told. */
  readonly onAnswer?: (answer: Answered) => void
}

/** What is to be known of a state file, and the way to a copy of it. */
export interface StateFile {
  /** The name that people see. */
  readonly name: string
  /** What is found in it; `deep` reads all of it. `problem` is empty where nothing is wrong. */
  readonly check: (deep: boolean) => Promise<
    ReadonlyArray<{ readonly what: string; readonly value: string; readonly problem: string }>
  >
  /** Writes a consistent copy to a path. */
  readonly copy?: (file: string) => Promise<void> | void
}

/** A command line of a client. */
export interface Use {
  /** The words after `pinnace`. */
  readonly args: ReadonlyArray<string>
  /** Who sent them, as it is recorded. */
  readonly who: string
  /** Whether it may only look. */
  readonly readOnly: boolean
  /** Tells the client what is printed, and what is told to a person. */
  readonly out: (text: string) => void
  /** Tells the client what goes wrong, apart from what is printed. */
  readonly err: (text: string) => void
  /** Fires when the client went away. */
  readonly signal: AbortSignal
}

/** An answer that was given. */
export interface Answered {
  /** The name of the token, empty where none was needed. */
  readonly who: string
  /** The method of the request, such as `GET`. */
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  /** The status of the answer. */
  readonly status: number
  /** Milliseconds until the answer began. */
  readonly took: number
}

const token = (value: unknown): Fault | undefined => {
  const hint = `Use at least ${TOKEN_MIN} characters, such as those of \`openssl rand -base64 32\``
  const fits = (it: unknown) => typeof it === "string" && it.length >= TOKEN_MIN && !/\s/.test(it)
  if (typeof value === "string") return fits(value) ? undefined : { what: "is too short, or has blanks", hint }
  return record(
    (it) => Object.values(it).every(fits) ? undefined : { what: "has one that is too short, or has blanks", hint },
    "Use a token, or a record of tokens by names"
  )(value)
}

const base = (value: unknown): Fault | undefined =>
  typeof value === "string" && /^(?:|(?:\/[\w.~-]+)+)$/.test(value)
    ? undefined
    : { what: `is ${shown(value)}`, hint: 'Use a path such as "/flows", without a slash at its end' }

/** The rule for each option. */
export const handlerRules: Rules<HandlerOptions> = {
  token,
  authorize: callable,
  base,
  hosts: listOf(text),
  origins: listOf(text),
  templates: under<StorePlaces>({ files: listOf(text), writable: text }),
  manifests: record(() => undefined, "Use the options of load"),
  schedules: listOf(scheduleRule),
  file: record(() => undefined, "Use an object with a name and check"),
  board: (value) => value instanceof Board ? undefined : { what: `is ${shown(value)}`, hint: "Use a new Board()" },
  readOnly: flag,
  command: callable,
  onAnswer: callable
}
