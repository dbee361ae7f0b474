/**
 * One case: real processes on a real file, killed as its seed
 * says, until the run has ended; then everything is checked.
 */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Ending, Recorded } from "../../mod.ts"
import { type Case, type Death, draw, type Life, type Order } from "./draw.ts"
import { Host, HostEnded, type Runtime } from "./Host.ts"
import { inspect, inspectCopy, isPrefix, leftBehind } from "./inspect.ts"
import { type Answered, judge, takeovers } from "./judge.ts"
import { input, outputs, rich } from "./rich.ts"
import { contradictions, readTrace } from "./trace.ts"
import { removeTree } from "../removeTree.ts"

/** What one case showed. */
export interface Verdict {
  readonly seed: number
  readonly kills: number
  readonly phase: string
  readonly violations: ReadonlyArray<string>
  /** Milliseconds from `open` until the run went on, for each life that took it over. */
  readonly recoveries: ReadonlyArray<number>
  /** Milliseconds from the death of one process until the other had taken the run over. */
  readonly takeovers: ReadonlyArray<number>
  /** What happened, for the reader of a red case. */
  readonly history: ReadonlyArray<string>
}

/** Milliseconds after which a case counts as hanging. */
const patience = 600_000

const run = "run"

const lastLife: Life = { runtime: "node", death: { how: "running", millis: Infinity }, orders: [], peerDies: undefined }

/** Plays one seed, its processes on some of these runtimes (default: Node). */
export const play = (seed: number, runtimes: ReadonlyArray<Runtime> = ["node"]): Promise<Verdict> =>
  new Play(seed, draw(seed, runtimes)).play()

class Play {
  readonly #seed: number
  readonly #case: Case
  readonly #directory = mkdtempSync(join(tmpdir(), "pinnace-crash-"))
  readonly #file = join(this.#directory, "state.db")
  readonly #trace = join(this.#directory, "trace")
  readonly #mended = join(this.#directory, "mended")
  readonly #workflow: unknown
  readonly #violations: Array<string> = []
  readonly #recoveries: Array<number> = []
  readonly #takeovers: Array<number> = []
  readonly #signals: Array<number> = []
  readonly #peers = new Set<number>()
  readonly #history: Array<string> = []
  readonly #answers: Array<Answered> = []
  readonly #hosts: Array<Host> = []
  #committed: ReadonlyArray<Recorded> = []
  #kills = 0
  #peer: Host | undefined
  #ending: Ending | undefined

  constructor(seed: number, drawn: Case) {
    this.#seed = seed
    this.#case = drawn
    this.#workflow = rich(drawn.variant)
    this.#note(JSON.stringify(drawn))
  }

  async play(): Promise<Verdict> {
    const alarm = setTimeout(() => this.#hang(), patience)
    try {
      for (const life of this.#case.lives) if (this.#ending === undefined) await this.#live(life)
      if (this.#ending === undefined) await this.#live(lastLife)
      await this.#leave(this.#peer)
      this.#judge()
    } catch (error) {
      this.#violations.push(`broke: ${error instanceof Error ? error.stack : String(error)}`)
    }
    clearTimeout(alarm)
    await Promise.all(this.#hosts.map((host) => host.kill()))
    removeTree(this.#directory)
    return {
      seed: this.#seed,
      kills: this.#kills,
      phase: this.#ending?.phase ?? "none",
      violations: this.#violations,
      recoveries: this.#recoveries,
      takeovers: this.#takeovers,
      history: this.#history
    }
  }

  #note(text: string): void {
    this.#history.push(`${Math.round(performance.now())} ${text}`)
  }

  #hang(): void {
    this.#violations.push(`N10: the case hangs: nothing ended it within ${patience} ms`)
    for (const host of this.#hosts) host.signal("SIGKILL")
  }

  #spawn(runtime: Runtime, point = ""): Host {
    const host = new Host({
      PINNACE_TEST_VARIANT: JSON.stringify(this.#case.variant),
      PINNACE_TEST_TRACE: this.#trace,
      PINNACE_TEST_MENDED: this.#mended,
      PINNACE_TEST_KILL: point
    }, runtime)
    this.#hosts.push(host)
    return host
  }

  #kill(host: Host): void {
    this.#signals.push(Date.now())
    host.signal("SIGKILL")
  }

  /** One life of the owner: it ends by its death, or because the run has ended for good. */
  async #live(life: Life): Promise<void> {
    const { death } = life
    const owner = this.#spawn(life.runtime, death.how === "point" ? death.point : "")
    const timers: Array<NodeJS.Timeout> = []
    const waiting = new Set(life.orders.filter(({ from }) => from === "peer"))
    const later = (millis: number, act: () => void) => void (millis < Infinity && timers.push(setTimeout(act, millis)))
    if (death.how === "spawned") later(death.millis, () => this.#kill(owner))
    try {
      const number = await owner.call<number>("open", this.#file, ["rich"], { durability: this.#case.durability })
      this.#note(`owner ${owner.pid} opened as ${number}, to die by ${JSON.stringify(death)}`)
      await this.#keepPeer()
      await owner.call("start", "rich", input, run)
      if (death.how === "running") later(death.millis, () => this.#kill(owner))
      for (const order of life.orders) {
        later(order.millis, () => void (waiting.delete(order), this.#order(order, owner)))
      }
      if (life.peerDies !== undefined) later(life.peerDies, () => this.#peer?.signal("SIGKILL"))
      const closing = death.how === "closing"
        ? new Promise<undefined>((close) => later(death.millis, () => close(undefined)))
        : undefined
      this.#help(owner, later)
      const ended = owner.call<Ending>("ending", run)
      this.#ending =
        await (closing === undefined ? this.#mend(owner, ended) : Promise.race([this.#mend(owner, ended), closing]))
      this.#note(`owner ${owner.pid} is done: ${JSON.stringify(this.#ending?.phase)}`)
      await this.#leave(owner)
    } catch (error) {
      if (!(error instanceof HostEnded)) throw error
    } finally {
      for (const timer of timers) clearTimeout(timer)
    }
    // What was not asked for in time is asked for while nobody executes the run.
    if (this.#ending === undefined) { for (const order of waiting) void this.#order(order, owner) }
    await this.#buried(owner, death)
  }

  /** A run that failed because something was broken is retried by hand after it was mended. */
  async #mend(owner: Host, ended: Promise<Ending>): Promise<Ending> {
    const ending = await ended
    if (ending.phase !== "Error" || ending.cause !== "broken") return ending
    writeFileSync(this.#mended, "")
    try {
      await owner.call("retry", run)
    } catch (error) {
      if (error instanceof HostEnded) throw error
      this.#note(`retry: ${(error as Error).message}`)
    }
    return owner.call<Ending>("ending", run)
  }

  /** Somebody approves as soon as it is asked for, and resumes what was suspended. */
  #help(owner: Host, later: (millis: number, act: () => void) => void): void {
    void owner.call("watch", run).catch(() => {})
    void owner.notice((it) => {
      if (it.notice !== "event") return false
      const { event } = it.recorded
      if (event.type === "NodeWaiting" && event.path === "approval") void this.#approve(this.#peer ?? owner, owner)
      if (event.type === "RunSuspended") {
        later(50, () => void this.#order({ verb: "resume", millis: 0, from: "peer" }, owner))
      }
      return false
    }).catch(() => {})
  }

  /** Somebody else approves when the process that was to do so dies. */
  async #approve(by: Host, otherwise: Host): Promise<void> {
    try {
      await by.call("signal", run, "approval", { by: "a person" })
    } catch (error) {
      this.#note(`approval from ${by.pid}: ${(error as Error).message}`)
      if (error instanceof HostEnded && by !== otherwise) await this.#approve(otherwise, otherwise)
    }
  }

  async #order({ from, verb }: Order, owner: Host): Promise<void> {
    const host = from === "peer" && this.#peer !== undefined ? this.#peer : owner
    try {
      const { message } = await host.call<{ readonly message: string }>("command", run, verb)
      this.#answers.push({ verb, message })
      this.#note(`${verb} from ${host.pid}: ${message}`)
    } catch (error) {
      this.#note(`${verb} from ${host.pid}: ${(error as Error).message}`)
      if (error instanceof HostEnded && host !== owner) await this.#order({ verb, millis: 0, from: "owner" }, owner)
    }
  }

  async #keepPeer(): Promise<void> {
    const { durability, peer, peerRuntime } = this.#case
    if (peer === "none" || (this.#peer !== undefined && !this.#peer.ended)) return
    if (this.#peer !== undefined) this.#kills++
    this.#peer = this.#spawn(peerRuntime)
    const known = peer === "standby" ? ["rich"] : []
    const number = await this.#peer.call<number>("open", this.#file, known, { durability })
    this.#peers.add(number)
    this.#note(`peer ${this.#peer.pid} opened as ${number}`)
  }

  async #leave(host: Host | undefined): Promise<void> {
    if (host === undefined || host.ended) return
    const exit = await host.call("close").then(() => host.leave(), () => host.exit)
    if (exit !== 0 && exit !== "SIGKILL") {
      this.#violations.push(`OB-01: a process that closed its engine exited with ${exit}: ${host.errors}`)
    }
  }

  async #buried(owner: Host, death: Death): Promise<void> {
    const exit = await owner.exit
    if (exit === "SIGKILL") this.#kills++
    else if (exit !== 0) this.#violations.push(`OB-01: the owner exited with ${exit}: ${owner.errors}`)
    const isFirst = this.#hosts[0] === owner
    for (const it of owner.notices) {
      // Beside a process that takes over at once there is nothing left to recover.
      if (it.notice === "goes on" && !isFirst && this.#case.peer !== "standby") this.#recoveries.push(it.millis)
    }
    this.#note(`owner ${owner.pid} ended by ${exit}`)
    if (exit !== "SIGKILL" || this.#case.peer !== "none" || !existsSync(this.#file)) return
    this.#copies(death)
  }

  /** What a killed process left behind is whole, also without the end of its log, and nothing of it is lost later. */
  #copies(death: Death): void {
    const name = `after ${JSON.stringify(death)}`
    const left = inspectCopy(this.#file, run, this.#workflow)
    const cut = inspectCopy(this.#file, run, this.#workflow, this.#case.cut)
    for (const violation of [...left.violations, ...cut.violations]) this.#violations.push(`${violation} (${name})`)
    if (!isPrefix(this.#committed, left.events)) this.#violations.push(`N10: committed events were lost (${name})`)
    if (!isPrefix(cut.events, left.events)) this.#violations.push(`DB-03: a cut log gives another history (${name})`)
    this.#committed = left.events
  }

  #judge(): void {
    const { events, row, violations } = inspect(this.#file, run, this.#workflow)
    this.#violations.push(...violations, ...contradictions(readTrace(this.#trace), events))
    if (!isPrefix(this.#committed, events)) this.#violations.push("N10: committed events were lost")
    if (row?.phase !== this.#ending?.phase) {
      this.#violations.push(`N9: the run is ${row?.phase}, its ending ${this.#ending?.phase}`)
    }
    this.#takeovers.push(...takeovers(events, this.#peers, this.#signals))
    this.#violations.push(...judge(events, {
      ending: this.#ending,
      outputs: outputs(this.#case.variant),
      answers: this.#answers,
      hosts: this.#hosts
    }))
    const left = leftBehind(this.#file)
    if (left.length > 0) this.#violations.push(`files are left behind: ${left.join(", ")}`)
    if (this.#violations.length > 0) {
      for (const { at, event, seq } of events) this.#history.push(`${seq} t=${at} ${JSON.stringify(event)}`)
    }
  }
}
