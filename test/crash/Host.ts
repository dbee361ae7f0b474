/** Another process with an engine in it, driven line by line; see `programs/host.ts`. */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { programFor, type ProgramName } from "../suite/programs.ts"
import type { Message } from "./Message.ts"

/** A runtime that can execute the program. */
export type Runtime = "node" | "bun" | "deno"

const root = fileURLToPath(new URL("../..", import.meta.url))

/**
 * Node keeps compiled modules here, which makes a start three
 * times as fast; a process that is killed adds nothing to it.
 */
const compileCache = process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "pinnace-compile-cache")

const binary = (runtime: Runtime): string => join(root, "node_modules", ".bin", runtime)

/** Whether a runtime is installed. */
export const hasRuntime = (runtime: Runtime): boolean => existsSync(binary(runtime))

const commandLine = (runtime: Runtime, name: ProgramName): ReadonlyArray<string> => {
  const program = programFor(name, runtime)
  // The wrapper script of the `node` package would be a process of its own between the test and the program.
  if (runtime === "node") return [process.execPath, program]
  return [binary(runtime), ...runtime === "deno" ? ["run", "-A"] : [], program]
}

/** What a call of a process that ends rejects with. */
export class HostEnded extends Error {}

type Notice = Extract<Message, { readonly notice: string }>
type Reply = Exclude<Message, { readonly notice: string }>

interface Waiting {
  readonly fits: (notice: Notice) => boolean
  readonly resolve: (notice: Notice) => void
  readonly reject: (error: Error) => void
}

/** A started process. */
export class Host {
  /** Every notice so far. */
  readonly notices: Array<Notice> = []
  /** What it wrote to standard error. */
  errors = ""
  /** The exit code, or the name of the signal that ended it. */
  readonly exit: Promise<number | string>
  readonly startedAt = performance.now()
  readonly #process: ChildProcess
  readonly #calls = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (e: Error) => void }>()
  #waiting: ReadonlyArray<Waiting> = []
  #count = 0
  #ended: string | number | undefined

  /** Starts `program`, which speaks the same lines as `programs/host.ts`. */
  constructor(
    env: Readonly<Record<string, string>> = {},
    runtime: Runtime = "node",
    program: ProgramName = "crash/host"
  ) {
    const [command, ...args] = commandLine(runtime, program)
    this.#process = spawn(command!, args, {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: root,
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env }
    })
    this.#process.stdin!.on("error", () => {})
    this.#process.stderr!.setEncoding("utf8").on("data", (text) => this.errors += text)
    createInterface({ input: this.#process.stdout! }).on("line", (line) => this.#hear(line))
    this.exit = new Promise((resolve) => {
      this.#process.once("close", (code, signal) => resolve(this.#end(code, signal)))
      this.#process.once("error", (error) => {
        this.errors += error.message
        resolve(this.#end(null, "not started"))
      })
    })
  }

  /** The process id. */
  get pid(): number {
    return this.#process.pid!
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Calls an operation and waits for its answer; rejects with `HostEnded` when the process ends first. */
  call<A = void>(operation: string, ...args: ReadonlyArray<unknown>): Promise<A> {
    const id = ++this.#count
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.#gone())
      this.#calls.set(id, { resolve, reject })
      this.#process.stdin!.write(`${JSON.stringify({ id, operation, args })}\n`)
    })
  }

  /** Waits for a notice, or takes one that came before. */
  notice(fits: (notice: Notice) => boolean): Promise<Notice> {
    const known = this.notices.find(fits)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.#gone())
      this.#waiting = [...this.#waiting, { fits, resolve, reject }]
    })
  }

  /** Waits until a body says that it is at a point. */
  body(what: string, node: string, attempt?: number): Promise<Notice> {
    return this.notice((it) =>
      it.notice === "body" && it.what === what && it.node === node && (attempt === undefined || it.attempt === attempt)
    )
  }

  /** Sends a signal, unless it has ended. */
  signal(name: NodeJS.Signals): void {
    if (this.ended) return
    try {
      process.kill(this.pid, name)
    } catch {
      // It has just ended.
    }
  }

  /** Kills it and waits until it is dead. */
  kill(): Promise<number | string> {
    this.signal("SIGKILL")
    return this.exit
  }

  /** Ends its input and waits until it ends by itself. */
  leave(): Promise<number | string> {
    this.#process.stdin!.end()
    return this.exit
  }

  #hear(line: string): void {
    const message = parse(line)
    if (message === undefined) {
      this.errors += `${line}\n`
    } else if ("notice" in message) {
      this.notices.push(message)
      const fit = this.#waiting.filter(({ fits }) => fits(message))
      this.#waiting = this.#waiting.filter((waiting) => !fit.includes(waiting))
      for (const { resolve } of fit) resolve(message)
    } else this.#answered(message)
  }

  #answered(reply: Reply): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if (reply.error === undefined) call?.resolve(reply.value as never)
    else call?.reject(Object.assign(new Error(reply.error.message), { tag: reply.error.tag }))
  }

  #end(code: number | null, signal: string | null): number | string {
    this.#ended = signal ?? code ?? 0
    const gone = this.#gone()
    for (const { reject } of this.#calls.values()) reject(gone)
    for (const { reject } of this.#waiting) reject(gone)
    return this.#ended
  }

  #gone(): HostEnded {
    return new HostEnded(`The process has ended (${this.#ended}). ${this.errors}`)
  }
}

/** A killed process leaves half a line. */
const parse = (line: string): Message | undefined => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
