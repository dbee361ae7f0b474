/** Another process with the state file open, driven line by line. */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import { programFor, type ProgramName } from "../suite/programs.ts"
import { removeTree } from "../removeTree.ts"

export type Runtime = "node" | "bun" | "deno"

/** The runtime these tests run on. */
export const runtime: Runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The command line that starts a program of `programs/` on a runtime. */
export const commandLine = (name: Runtime, program: ProgramName): ReadonlyArray<string> => {
  const binary = name === runtime ? process.execPath : join(root, "node_modules", ".bin", name)
  return [binary, ...name === "deno" ? ["run", "-A"] : [], programFor(program, name)]
}

/** Whether another runtime is installed beside this one. */
export const hasRuntime = (name: Runtime): boolean =>
  name === runtime || existsSync(join(root, "node_modules", ".bin", name))

/** A directory of its own, removed after the test. */
export const makeDirectory = (): string => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return directory
}

interface Reply {
  readonly id?: number
  readonly value?: unknown
  readonly error?: string
  readonly notice?: { readonly type: string; readonly process?: number }
}

/** A started program; it ends with the test. */
export class Child {
  readonly #process: ChildProcess
  readonly #pending = new Map<number, (reply: Reply) => void>()
  readonly #notices: Array<NonNullable<Reply["notice"]>> = []
  readonly #exit: Promise<number | string>
  #wake: () => void = () => {}
  #calls = 0
  #hasEnded = false

  constructor(name: Runtime = runtime, prefix: ReadonlyArray<string> = []) {
    const [command, ...args] = [...prefix, ...commandLine(name, "sqlite/journal")]
    this.#process = spawn(command!, args, { stdio: ["pipe", "pipe", "inherit"], cwd: root })
    this.#exit = new Promise((resolve) =>
      this.#process.once("exit", (code, signal) => {
        this.#hasEnded = true
        resolve(signal ?? code ?? 0)
      })
    )
    createInterface({ input: this.#process.stdout! }).on("line", (line) => this.#hear(JSON.parse(line)))
    onTestFinished(async () => {
      this.signal("SIGKILL")
      await this.#exit
    })
  }

  /** Calls an operation of the program and waits for its answer. */
  async call<A = number>(operation: string, ...args: ReadonlyArray<unknown>): Promise<A> {
    const id = ++this.#calls
    const reply = new Promise<Reply>((resolve) => this.#pending.set(id, resolve))
    this.#process.stdin!.write(`${JSON.stringify({ id, operation, args })}\n`)
    const { error, value } = await reply
    if (error !== undefined) throw new Error(error)
    return value as A
  }

  /** Waits for a notice of this type that was not waited for before. */
  async notice(type: string): Promise<NonNullable<Reply["notice"]>> {
    for (;;) {
      const at = this.#notices.findIndex((notice) => notice.type === type)
      if (at >= 0) return this.#notices.splice(at, 1)[0]!
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Sends a signal, unless the program has ended. */
  signal(name: NodeJS.Signals): void {
    // Not `ChildProcess.kill`: on Deno it takes no second signal.
    if (this.#hasEnded) return
    process.kill(this.#process.pid!, name)
  }

  /** Ends the program's input and waits until it ends by itself; the exit code or the signal's name. */
  end(): Promise<number | string> {
    this.#process.stdin!.end()
    return this.#exit
  }

  #hear(reply: Reply): void {
    if (reply.notice !== undefined) {
      this.#notices.push(reply.notice)
      return this.#wake()
    }
    this.#pending.get(reply.id!)?.(reply)
    this.#pending.delete(reply.id!)
  }
}
