/** One engine on a file, with a run that waits all along, for whatever enters. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  open,
  type OpenOptions,
  type Pinnace,
  type RunHandle,
  Schema,
  signal,
  task,
  type TaskContext,
  workflow
} from "../../../mod.ts"
import { removeTree } from "../../removeTree.ts"

/** What a body does with its context and an odd value. */
export type Use = (context: TaskContext, value: unknown) => unknown

const echo = task("echo", { input: Schema.Unknown, run: (value) => value as never })
const failing = task("failing", {
  input: Schema.Unknown,
  run: (): number => {
    throw new Error("as it should")
  }
})

/** Gives back what it got. */
export const echoes = workflow("echoes", { input: Schema.Unknown }, (w) => w.node("echo", echo, { input: w.input }))

/** Fails. */
export const fails = workflow("fails", { input: Schema.Unknown }, (w) => w.node("failing", failing, { input: w.input }))

/** A signal that takes anything. */
export const answer = signal("answer", Schema.Unknown)

/** Waits for `answer`. */
export const waits = workflow("waits", {}, (w) => w.suspend(answer))

/** The world of one test. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "pinnace-door-"))
  readonly file = join(this.folder, "state.db")
  #pinnace: Pinnace | undefined
  #known: Promise<RunHandle> | undefined
  /** What the node of `uses` does next. */
  use: (context: TaskContext) => unknown = () => null
  readonly uses = workflow(
    "uses",
    {},
    (w) => w.node("use", task("use", { run: (_, context) => this.use(context) as never }))
  )

  get pinnace(): Pinnace {
    return this.#pinnace!
  }

  /** Opens the file; what ran goes on. */
  async open(options: OpenOptions = {}): Promise<Pinnace> {
    const workflows = [echoes, fails, waits, this.uses]
    return this.#pinnace = await open(this.file, { durability: "process", workflows, ...options } as never)
  }

  /** Closes and opens again. */
  async reopen(): Promise<Pinnace> {
    await this.pinnace.close()
    return this.open()
  }

  /** A run that has ended. */
  async ended(input: unknown = 1): Promise<RunHandle> {
    const run = await this.pinnace.start(echoes, input)
    await run.ending()
    return run
  }

  /** A run that has ended, for those who only look at it or copy it. */
  known(): Promise<RunHandle> {
    return this.#known ??= this.ended()
  }

  /** A run that failed. */
  async failed(): Promise<RunHandle> {
    const run = await this.pinnace.start(fails, 1)
    await run.ending()
    return run
  }

  /** A run whose node waits. */
  async waiting(): Promise<RunHandle> {
    const run = await this.pinnace.start(waits)
    for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
    return run
  }

  /** The context of a body that does all that bodies are asked for meanwhile: one run instead of hundreds. */
  inside: TaskContext | undefined

  /** Lets a body use its context; answers how the run ended. */
  async body(use: (context: TaskContext) => unknown): Promise<unknown> {
    if (this.inside !== undefined) return use(this.inside)
    this.use = use
    return (await this.pinnace.start(this.uses)).outcome()
  }

  /** All that the file tells of its runs. */
  async record() {
    return await Promise.all((await this.pinnace.list({ limit: Infinity })).map(async (row) => {
      const run = (await this.pinnace.get(row.id))!
      return { ...row, owner: undefined, nodes: await run.nodes({ values: true }), logs: await run.logs() }
    }))
  }

  /** Closes and removes all. */
  async end(): Promise<void> {
    await this.#pinnace?.close()
    removeTree(this.folder)
  }
}
