/** One server of an app, in a process and, where it is wanted, in a network namespace of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import process from "node:process"
import { createInterface } from "node:readline"
import { programFor } from "../../suite/programs.ts"

/** See the head of the file. */
export class Server {
  readonly #child: ChildProcess
  readonly #lines: Array<string> = []
  #wake: () => void = () => {}

  /** Its runs have so many nodes, each of so many milliseconds. */
  constructor(
    url: string,
    { grace, inside = [], lease, millis, nodes }: {
      readonly nodes: number
      readonly millis: number
      readonly lease: number
      readonly grace: number
      /** What its command line begins with. */
      readonly inside?: ReadonlyArray<string>
    }
  ) {
    const program = [process.execPath, programFor("crash/database", "node"), url]
    const [first, ...rest] = [...inside, ...program, ...[nodes, millis, lease, grace].map(String)]
    this.#child = spawn(first!, rest, { stdio: ["pipe", "pipe", "inherit"] })
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.#lines.push(line)
      this.#wake()
    })
    this.#child.on("exit", () => this.#wake())
  }

  /**
   * One that has opened the database. On a busy machine it may be too late for its own short lease in the middle of
   * that, is told so, and ends; as any supervisor does, this begins another one then.
   */
  static async begun(...how: ConstructorParameters<typeof Server>): Promise<Server> {
    for (let tries = 1;; tries++) {
      const server = new Server(...how)
      const [word, ...why] = await server.said("ready", "refused") ?? []
      if (word === "ready") return server
      await server.end()
      if (tries === 20) throw new Error(`a server cannot open the database: ${why.join(" ")}`)
    }
  }

  /** The next line that it has said or says which begins with one of these words; `undefined` when it has ended. */
  async said(...beginnings: ReadonlyArray<string>): Promise<ReadonlyArray<string> | undefined> {
    for (;;) {
      const at = this.#lines.findIndex((line) => beginnings.some((it) => line.startsWith(it)))
      if (at >= 0) return this.#lines.splice(at, 1)[0]!.split(" ")
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return undefined
      await new Promise<void>((resume) => this.#wake = resume)
    }
  }

  /** Its number, and whether its engine is well. */
  async number(): Promise<readonly [number, string]> {
    this.tell("number")
    const [, number, state] = await this.said("number") ?? []
    return [Number(number), state ?? "dead"]
  }

  /** Says a line to it. */
  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Sends it a signal. */
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name)
  }

  /** Ends it. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill("SIGKILL")
    await once(this.#child, "exit")
  }
}
