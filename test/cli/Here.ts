/** The command within this process: the same as a process of its own, without the time it takes to start one. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable, Writable } from "node:stream"
import { commandLine } from "../../src/cli/commandLine.ts"
import type { Streams } from "../../src/cli/Shell.ts"
import type { SomeWorkflow } from "../../src/embed/inspect.ts"
import type { Done } from "./Cli.ts"
import { removeTree } from "../removeTree.ts"

/** A directory with a state file, and the command on it. */
export class Here {
  readonly folder = mkdtempSync(join(tmpdir(), "pinnace-here-"))
  readonly db = join(this.folder, "state.db")
  readonly #workflows: ReadonlyArray<SomeWorkflow>

  constructor(workflows: ReadonlyArray<SomeWorkflow> = []) {
    this.#workflows = workflows
  }

  /** Writes a file and answers its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** Runs the command to its end. */
  run(...args: ReadonlyArray<string>): Promise<Done> {
    return this.#run(args, { out: new Text(), err: new Text() })
  }

  /** The same, with what it has printed so far. */
  begin(...args: ReadonlyArray<string>): { readonly done: Promise<Done>; readonly out: { readonly all: string } } {
    const streams = { out: new Text(), err: new Text() }
    return { done: this.#run(args, streams), out: streams.out }
  }

  /** The same at a terminal, where a person answers what is asked. */
  async atTerminal(answer: string, ...args: ReadonlyArray<string>): Promise<Done> {
    const input = Object.assign(Readable.from([`${answer}\n`]), { isTTY: true })
    return await this.#run(args, { out: Object.assign(new Text(), { isTTY: true }), err: new Text(), in: input })
  }

  async #run(args: ReadonlyArray<string>, streams: Streams & Record<"err" | "out", Text>): Promise<Done> {
    const { err, out } = streams
    const options = { program: "pinnace", workflows: this.#workflows, streams }
    const code = await commandLine([...args, "--no-color", "--db", this.db], options)
    return { code, out: out.all, err: err.all }
  }

  /** What the command prints when nothing goes wrong, without the name of the state file. */
  async ok(...args: ReadonlyArray<string>): Promise<string> {
    const { code, err, out } = await this.run(...args)
    if (code !== 0) throw new Error(`${args.join(" ")}: exit code ${code}\n${out}\n${err}`)
    return out.replaceAll(` --db ${this.db}`, "")
  }

  /** Removes the directory. */
  [Symbol.dispose](): void {
    removeTree(this.folder)
  }
}

class Text extends Writable {
  all = ""

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.all += chunk.toString()
    done()
  }
}
