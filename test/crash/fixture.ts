/**
 * What tests with processes share: a file of their own, processes
 * that end with the test, and what must hold afterwards.
 */
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished } from "vitest"
import type { Ending, Event, OpenOptions, Recorded } from "../../mod.ts"
import { Host, type Runtime } from "./Host.ts"
import { type Found, inspect } from "./inspect.ts"
import { stage } from "./stages.ts"
import { contradictions, readTrace, type Trace } from "./trace.ts"
import { removeTree } from "../removeTree.ts"

/** Settings of a process, as its environment. */
export interface Settings {
  readonly kill?: string
  /** Milliseconds of the back-off, nap or other wait of its workflow. */
  readonly backoff?: number
  readonly runtime?: Runtime
  readonly env?: Readonly<Record<string, string>>
  /** How it opens the file. */
  readonly options?: OpenOptions
}

/** A state file with processes on it. */
export class Scene {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-scene-")))
  readonly file = join(this.directory, "state.db")
  readonly #trace = join(this.directory, "trace")
  readonly #hosts: Array<Host> = []

  constructor() {
    onTestFinished(async () => {
      await Promise.all(this.#hosts.map((host) => host.kill()))
      removeTree(this.directory)
    })
  }

  /** A process that has not opened the file yet. */
  spawn({ backoff, env, kill, runtime }: Settings = {}): Host {
    const host = new Host({
      PINNACE_TEST_TRACE: this.#trace,
      ...(kill === undefined ? {} : { PINNACE_TEST_KILL: kill }),
      ...(backoff === undefined ? {} : { PINNACE_TEST_BACKOFF: String(backoff) }),
      ...env
    }, runtime)
    this.#hosts.push(host)
    return host
  }

  /** A process that has opened the file and knows these workflows. */
  async open(workflows: ReadonlyArray<string>, settings: Settings = {}): Promise<Host> {
    const host = this.spawn(settings)
    await host.call("open", this.file, workflows, { durability: "process", ...settings.options })
    return host
  }

  /** A process that has opened the file and started a run of a workflow under the workflow's own name. */
  async start(name: string, settings: Settings = {}): Promise<Host> {
    const host = await this.open([name], settings)
    await host.call("start", name, undefined, name)
    return host
  }

  /** What bodies did, optionally of one node only. */
  trace(node?: string): ReadonlyArray<Trace> {
    return readTrace(this.#trace).filter((line) => node === undefined || line.node === node)
  }

  /** How often a body of a node began. */
  begun(node: string): number {
    return this.trace(node).filter(({ what }) => what === "begin").length
  }

  /** Closes every process that lives; each must leave in peace. */
  async close(): Promise<void> {
    for (const host of this.#hosts.filter(({ ended }) => !ended)) {
      await host.call("close")
      expect(await host.leave()).toBe(0)
      expect(host.errors).toBe("")
    }
    expect(this.#hosts.flatMap(({ notices }) => notices.filter(({ notice }) => notice === "unhandled"))).toEqual([])
  }

  /** Closes all, checks every invariant over a run and its side effects, and answers what the file has of it. */
  async inspect(name: string, id = name): Promise<Found> {
    await this.close()
    const found = inspect(this.file, id, stage(name))
    expect(found.violations).toEqual([])
    expect(contradictions(this.trace().filter(({ run }) => run === id), found.events)).toEqual([])
    return found
  }
}

/** The events of one type. */
export const ofType = <T extends Event["type"]>(
  events: ReadonlyArray<Recorded>,
  type: T
): ReadonlyArray<Recorded & { readonly event: Extract<Event, { readonly type: T }> }> =>
  events.filter((it) => it.event.type === type) as never

/** Waits for a live event of a run that a process watches. */
export const seen = <T extends Event["type"]>(host: Host, type: T, path?: string, times = 1): Promise<Recorded> =>
  host.notice((it) => {
    if (it.notice !== "event" || it.recorded.event.type !== type) return false
    if (path !== undefined && (!("path" in it.recorded.event) || it.recorded.event.path !== path)) return false
    return host.notices.filter((other) => fits(other, type, path)).length >= times
  }).then((it) => (it as { readonly recorded: Recorded }).recorded)

const fits = (it: Host["notices"][number], type: string, path: string | undefined): boolean =>
  it.notice === "event" && it.recorded.event.type === type &&
  (path === undefined || ("path" in it.recorded.event && it.recorded.event.path === path))

/** How a run ended, told by a process. */
export const ending = (host: Host, id: string): Promise<Ending> => host.call<Ending>("ending", id)
