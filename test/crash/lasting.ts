/**
 * What outlives its processes: straight-line programs, and schedules that two processes keep at once. Each process is
 * killed at a point that its seed says, until one lives to see the end; then everything is checked.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { RunRow } from "../../src/run/State.ts"
import { firesOf, fireSpace } from "../../src/schedule/State.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { answersOf } from "../journal/answers.ts"
import { removeTree } from "../removeTree.ts"
import { signalled } from "../sim/FlowPrograms.ts"
import { Host, HostEnded, type Runtime } from "./Host.ts"
import { inspect } from "./inspect.ts"
import { programOf, stage } from "./stages.ts"

/** What one seed showed. */
export interface LastingVerdict {
  readonly seed: number
  readonly kills: number
  readonly violations: ReadonlyArray<string>
}

const points = ["before", "after", "told", "appended-NodeFinished", "stored-NodeStarted", "claimed"]

/** Processes of one file, the first of which are to be killed. */
class Lives {
  readonly directory = mkdtempSync(join(tmpdir(), "pinnace-lasting-"))
  readonly file = join(this.directory, "state.db")
  readonly #random: () => number
  readonly #runtime: Runtime
  readonly #hosts: Array<Host> = []
  #deadly: number
  kills = 0

  constructor(seed: number, deadly: number, runtime: Runtime) {
    this.#random = makeRandom(seed)
    this.#deadly = deadly
    this.#runtime = runtime
  }

  /** Lives one life after the other until one is not killed; answers what it did. */
  async live<A>(life: (host: Host) => Promise<A>): Promise<A> {
    for (;;) {
      const host = this.#spawn()
      try {
        const done = await life(host)
        await host.call("close")
        await host.leave()
        return done
      } catch (error) {
        if (!(error instanceof HostEnded) || await host.exit !== "SIGKILL") throw error
        this.kills++
      }
    }
  }

  #spawn(): Host {
    const name = points[Math.floor(this.#random() * points.length)]!
    const point = `${name}:${name === "claimed" ? 1 : 1 + Math.floor(this.#random() * 25)}`
    const host = new Host(this.#deadly-- > 0 ? { PINNACE_TEST_KILL: point } : {}, this.#runtime)
    this.#hosts.push(host)
    return host
  }

  async end(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.kill()))
    removeTree(this.directory)
  }
}

const played = async (
  seed: number,
  deadly: number,
  runtime: Runtime,
  play: (lives: Lives) => Promise<ReadonlyArray<string>>
): Promise<LastingVerdict> => {
  const lives = new Lives(seed, deadly, runtime)
  const broke = (error: unknown) => [`broke: ${error instanceof Error ? error.stack : error}`]
  try {
    const violations = await play(lives).catch(broke)
    return { seed, kills: lives.kills, violations }
  } finally {
    await lives.end()
  }
}

/** A straight-line program gives what it gives in a life without deaths, and its runs keep the invariants. */
export const playFlowKills = (seed: number, runtime: Runtime = "node"): Promise<LastingVerdict> =>
  played(seed, 4, runtime, async (lives) => {
    const name = `program-${seed}`
    const { value } = programOf(seed)
    const given = await lives.live(async (host) => {
      await host.call("open", lives.file, [name], { durability: "process" })
      await host.call("start", name, undefined, "it")
      let isOver = false
      const result = host.call<number>("result", "it").finally(() => isOver = true)
      result.catch(() => {})
      while (!isOver) await host.call("answer", signalled)
      return result
    })
    const wrong = given === value ? [] : [`F2: it gave ${given} for ${value}`]
    return [...wrong, ...rowsOf(lives.file).flatMap(({ id }) => inspect(lives.file, id, stage(name)).violations)]
  })

const minute = 60_000
const [from, until] = [0, 40 * minute]

/** Of each instant one run was started, in the commit that says so, whichever process was killed. */
export const playScheduleKills = (seed: number, runtime: Runtime = "node"): Promise<LastingVerdict> =>
  played(seed, 4, runtime, async (lives) => {
    const life = async (host: Host) => {
      await host.call("open", lives.file, [], { durability: "process" })
      return host.call<string>("keep", from, until)
    }
    const states = await Promise.all([lives.live(life), lives.live(life)])
    const open = states.every((it) => it === "done") ? [] : [`S10: it ended as ${states.join(", ")}`]
    return [...open, ...scheduleViolations(lives.file)]
  })

const scheduleViolations = (file: string): ReadonlyArray<string> => {
  const violations: Array<string> = []
  const fires = firesIn(file).filter(({ due }) => due < until)
  const runs = rowsOf(file).filter(({ labels }) => Date.parse(labels["pinnace/due"]!) < until)
  const dues = runs.map(({ labels }) => labels["pinnace/due"])
  if (new Set(dues).size !== dues.length) violations.push(`S1: an instant has two runs: ${dues.join(" ")}`)
  if (fires.length !== 40) violations.push(`S2: ${fires.length} of 40 instants are decided`)
  if (fires.map(({ run }) => run).toSorted().join() !== runs.map(({ id }) => id).toSorted().join()) {
    violations.push("S9: runs and fires are not those of each other")
  }
  return violations
}

const reading = <A>(file: string, read: (reads: ReturnType<typeof answersOf>) => A): A => {
  const journal = openSqlite(file)
  try {
    return read(answersOf(journal))
  } finally {
    journal.close()
  }
}

const rowsOf = (file: string): ReadonlyArray<RunRow> => reading(file, (reads) => reads.listRuns({ limit: Infinity }))

const firesIn = (file: string): ReadonlyArray<{ readonly due: number; readonly run?: string }> =>
  reading(file, (reads) => reads.cells(fireSpace, firesOf("tick")).map(({ data }) => JSON.parse(data)))
