/**
 * The command in a directory of its own: in a process that does
 * one use of it after another, or in a process of its own.
 */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import type { Use } from "./programs/commands.ts"
import { removeTree } from "../removeTree.ts"

/** What a command has done. */
export interface Done {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

type Variables = Readonly<Record<string, string | undefined>>

const commands = fileURLToPath(new URL("programs/commands.ts", import.meta.url))
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))

/** Node keeps compiled modules here, which makes a start three times as fast. */
const compileCache = process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "pinnace-compile-cache")

/** A directory with a state file, and the command in it. */
export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "pinnace-cli-"))
  readonly db = join(this.folder, "state.db")
  readonly #children = new Set<ChildProcess>()
  /** Processes that wait for the next use of the command. */
  readonly #idle: Array<ChildProcess> = []

  /** Writes a file and answers its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** Uses the command; its state file is that of the directory unless `env` says otherwise. */
  async run(args: ReadonlyArray<string>, env: Variables = {}): Promise<Done> {
    const host = this.#idle.pop() ?? this.#spawn([commands], {}, ["ignore", "pipe", "pipe", "ipc"])
    const given = Object.entries(this.#environment({ PINNACE_DB: this.db, ...env })).filter(([, it]) =>
      it !== undefined
    )
    host.send({ args, cwd: this.folder, env: Object.fromEntries(given) } as Use)
    const done = await new Promise<Done>((resolve, reject) => {
      host.once("message", resolve)
      host.once("exit", (code, signal) => reject(new Error(`the process of the command has ended: ${code ?? signal}`)))
    })
    host.removeAllListeners("exit")
    this.#idle.push(host)
    return done
  }

  /** Starts the command as a process; `seen` resolves when its output holds a text, `done` when it has ended. */
  start(args: ReadonlyArray<string>, env: Variables = {}): Started {
    return this.spawn([main, ...args], { PINNACE_DB: this.db, ...env })
  }

  /** Starts a program of the tests on the state file. */
  program(name: string): Started {
    return this.spawn([fileURLToPath(new URL(`programs/${name}`, import.meta.url)), this.db], {})
  }

  /** Starts Node. */
  spawn(args: ReadonlyArray<string>, env: Variables): Started {
    return new Started(this.#spawn(args, env, ["pipe", "pipe", "pipe"]))
  }

  /** Starts any program in the directory. */
  command(program: string, args: ReadonlyArray<string>, env: Variables = {}): Started {
    return new Started(this.#spawn(args, env, ["pipe", "pipe", "pipe"], program))
  }

  /** Ends what still runs and removes the directory. */
  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL")
    removeTree(this.folder)
  }

  #spawn(args: ReadonlyArray<string>, env: Variables, stdio: StdioOptions, program = process.execPath): ChildProcess {
    const child = spawn(program, [...args], { cwd: this.folder, env: this.#environment(env), stdio })
    this.#children.add(child)
    child.once("close", () => this.#children.delete(child))
    return child
  }

  #environment(env: Variables): Variables {
    return { ...process.env, NODE_COMPILE_CACHE: compileCache, NO_COLOR: "1", FORCE_COLOR: undefined, ...env }
  }
}

/** A process that was started. */
export class Started {
  readonly child: ChildProcess
  readonly done: Promise<Done>
  out = ""
  err = ""

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout!.setEncoding("utf8").on("data", (text: string) => this.out += text)
    child.stderr!.setEncoding("utf8").on("data", (text: string) => this.err += text)
    this.done = new Promise((resolve) =>
      child.once("close", (code, signal) => resolve({ code: code ?? signal ?? "", out: this.out, err: this.err }))
    )
  }

  /** All that it has printed. */
  get all(): string {
    return `${this.out}${this.err}`
  }

  /** Waits until its output holds a text, by default anywhere; rejects when it ends without. */
  seen(text: string, from = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!this.all.includes(text, from)) return
        this.child.stdout!.off("data", look)
        this.child.stderr!.off("data", look)
        resolve()
      }
      this.child.stdout!.on("data", look)
      this.child.stderr!.on("data", look)
      this.done.then(() => reject(new Error(`ended without "${text}":\n${this.out}\n${this.err}`)))
      look()
    })
  }

  /** Writes a line to its input. */
  say(line: string): void {
    this.child.stdin!.write(`${line}\n`)
  }

  /** Ends its input and waits for its end. */
  end(): Promise<Done> {
    this.child.stdin!.end()
    return this.done
  }
}
