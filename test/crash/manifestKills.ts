/**
 * Random manifests through the command, in real processes that SIGKILL ends at arbitrary moments. A run has to end as
 * the same manifest does that nobody killed; what was committed stays; no process of a node outlives the command.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import type { Recorded } from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { seeded } from "../run/random.ts"
import { type leaves, ManifestGenerator } from "../sim/manifests/generate.ts"
import { type Found, inspectCopy, isPrefix } from "./inspect.ts"
import { removeTree } from "../removeTree.ts"

/** What one manifest showed. */
export interface ManifestVerdict {
  readonly seed: number
  readonly kills: number
  readonly phase: string
  readonly violations: ReadonlyArray<string>
  readonly history: ReadonlyArray<string>
}

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))
const run = "run"
/** Milliseconds after which a command counts as hanging. */
const patience = 600_000

/** Plays one seed. */
export const playManifestKills = (seed: number): Promise<ManifestVerdict> => new Play(seed).play()

const scripts: Readonly<Record<(typeof leaves)[number], string>> = {
  plain: "sleep 0.1; echo 1",
  list: "echo '[1, 2]'",
  flaky: "sleep 0.05; test {{retries}} -ge 1 && echo 1",
  broken: "exit 3",
  stuck: "exit 4",
  held: "sleep 0.1; echo 1"
}

class Play {
  readonly #seed: number
  readonly #text: string
  readonly #mark: string
  readonly #folder = mkdtempSync(join(tmpdir(), "pinnace-kills-"))
  readonly #random: ReturnType<typeof seeded>
  readonly #violations: Array<string> = []
  readonly #history: Array<string> = []
  #committed: ReadonlyArray<Recorded> = []
  #kills = 0

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seeded(seed)
    this.#mark = `pinnace-kills-${process.pid}-${seed}`
    this.#text = new ManifestGenerator(seeded(seed), {
      command: (leaf) => ["sh", "-c", scripts[leaf]],
      span: (seconds) => `${seconds * 30}ms`
    }).manifest(true)
    writeFileSync(join(this.#folder, "flow.yaml"), this.#text)
  }

  async play(): Promise<ManifestVerdict> {
    let phase = "none"
    try {
      await this.#quiet()
      for (let life = 0; life < 4 && phase === "none"; life++) phase = await this.#live(life)
      if (phase === "none") phase = await this.#end()
      this.#compare()
    } catch (error) {
      this.#violations.push(`broke: ${error instanceof Error ? error.stack : String(error)}`)
    }
    removeTree(this.#folder)
    const { history } = this
    return { seed: this.#seed, kills: this.#kills, phase, violations: this.#violations, history }
  }

  get history(): ReadonlyArray<string> {
    return [this.#text, ...this.#history]
  }

  /** The same manifest without a death. */
  async #quiet(): Promise<void> {
    await this.#exit(this.#command("quiet.db", "run", "flow.yaml", "--id", run))
  }

  /** A process that is killed while it starts or while the run goes on; answers the phase when it was faster. */
  async #live(life: number): Promise<string> {
    const command = this.#next(life)
    const [lines, millis] = [1 + this.#random.below(9), this.#random.below(30)]
    const early = this.#random.chance(0.2) ? setTimeout(() => command.kill("SIGKILL"), 40 * millis) : undefined
    let seen = 0
    command.stdout!.on("data", (text) => {
      seen += String(text).split("\n").length - 1
      if (seen >= lines) setTimeout(() => command.kill("SIGKILL"), millis)
    })
    await this.#exit(command)
    clearTimeout(early)
    if (command.signalCode === "SIGKILL") this.#kills++
    const found = this.#look(`life ${life}, ${command.signalCode ?? command.exitCode} after line ${lines}`)
    await this.#alone()
    return found.row !== undefined && isTerminal(found.row.phase) ? found.row.phase : "none"
  }

  async #end(): Promise<string> {
    await this.#exit(this.#next(1))
    const { row } = this.#look("the last life")
    if (row === undefined || !isTerminal(row.phase)) this.#violations.push(`N10: the run is ${row?.phase} in the end`)
    return row?.phase ?? "none"
  }

  /** A run that is not durable yet is started, another goes on. */
  #next(life: number): ChildProcess {
    return life === 0 || this.#committed.length === 0
      ? this.#command("state.db", "run", "flow.yaml", "--id", run)
      : this.#command("state.db", "resume", run)
  }

  #command(file: string, ...args: ReadonlyArray<string>): ChildProcess {
    const env = { ...process.env, MARK: this.#mark, PINNACE_DB: join(this.#folder, file), NO_COLOR: "1" }
    const executor = args[0] === "run" ? ["--executor", "process"] : []
    const child = spawn(process.execPath, [main, ...args, ...executor, "-o", "plain"], {
      cwd: this.#folder,
      env,
      stdio: ["ignore", "pipe", "pipe"]
    })
    for (const stream of [child.stdout, child.stderr]) stream!.on("data", (text) => this.#history.push(String(text)))
    return child
  }

  #exit(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const alarm = setTimeout(() => {
        child.kill("SIGKILL")
        reject(new Error(`N10: ${child.spawnargs.slice(2).join(" ")} hangs`))
      }, patience)
      child.once("close", () => {
        clearTimeout(alarm)
        resolve()
      })
    })
  }

  #look(when: string): Found {
    const found = this.#inspect("state.db")
    this.#history.push(when)
    this.#violations.push(...found.violations.map((it) => `${it} (${when})`))
    if (!isPrefix(this.#committed, found.events)) this.#violations.push(`N10: committed events were lost (${when})`)
    this.#committed = found.events
    return found
  }

  #inspect(name: string): Found {
    const workflow = load(this.#text)
    try {
      return inspectCopy(join(this.#folder, name), run, workflow)
    } catch (error) {
      // Killed before the file was one.
      if ((error as { readonly code?: string }).code === "ENOENT") return { row: undefined, events: [], violations: [] }
      throw error
    }
  }

  #compare(): void {
    const [quiet, killed] = ["quiet.db", "state.db"].map((name) => phasesOf(this.#inspect(name).events))
    for (const path of new Set([...quiet!.keys(), ...killed!.keys()])) {
      const [wanted, got] = [quiet!.get(path), killed!.get(path)]
      if (wanted !== got) {
        this.#violations.push(`N10: ${path} is ${got ?? "not there"}, without kills ${wanted ?? "not there"}`)
      }
    }
    if (this.#violations.length === 0) return
    for (const { event, seq } of this.#inspect("state.db").events) this.#history.push(`${seq} ${JSON.stringify(event)}`)
  }

  /** Waits until no process of a node is there any more. */
  async #alone(): Promise<void> {
    const until = performance.now() + patience
    while (marked(this.#mark).length > 0) {
      if (performance.now() > until) throw new Error(`processes outlive the command: ${marked(this.#mark).join(", ")}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** How each node ended. */
const phasesOf = (events: ReadonlyArray<Recorded>): ReadonlyMap<string, string> =>
  new Map(
    events.flatMap(({ event }) => event.type === "NodeFinished" ? [[event.path, event.ending.phase] as const] : [])
  )

const marked = (mark: string): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`MARK=${mark}`)
    } catch {
      return false
    }
  })
