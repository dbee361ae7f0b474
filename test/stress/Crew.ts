/**
 * The processes of a stress run. Each plays the runs of its share, a few
 * at once; one that ends is replaced by another that goes on with them.
 *
 * Owns: the processes, which runs are still to be played. Does not own: what befalls them (`Chaos.ts`).
 * Invariant: a run is off the list only when a living process has told how it ended.
 */
import { Host, HostEnded, type Runtime } from "../crash/Host.ts"
import { instant, write } from "./evidence.ts"

/** A process of the crew. */
export interface Member {
  readonly number: number
  readonly host: Host
  /** Its number in the state file; 0 until it has opened it. */
  process: number
  isPaused: boolean
  isDead: boolean
}

/** What a crew works on. */
export interface CrewOptions {
  readonly file: string
  readonly evidence: string
  readonly seed: number
  readonly processes: number
  readonly runs: number
  readonly runtimes: ReadonlyArray<Runtime>
}

/** Runs that one process plays at once. */
const lanes = 4

/** What ends a process that was declared dead. */
const lost = "Fenced"

/** Processes at work on one file. */
export class Crew {
  readonly file: string
  readonly evidence: string
  /** Runs that ended, by phase. */
  readonly ended: Array<string> = []
  readonly violations: Array<string> = []
  readonly #options: CrewOptions
  readonly #playing = new Set<number>()
  #members: ReadonlyArray<Member> = []
  #count = 0

  constructor(options: CrewOptions) {
    this.#options = options
    this.file = options.file
    this.evidence = options.evidence
  }

  /** Processes that work and can be asked something. */
  get working(): ReadonlyArray<Member> {
    return this.#members.filter((it) => it.process > 0 && !it.isDead && !it.isPaused && !it.host.ended)
  }

  /** Runs that were begun and not seen to end. */
  get openRuns(): ReadonlyArray<string> {
    return [...this.#playing].map((run) => `r${run}`)
  }

  /** Announces the death of a process. */
  bury(member: Member): void {
    member.isDead = true
    write(this.evidence, { what: "kill", at: instant(), host: member.number })
  }

  /** Plays all runs to their end. */
  async work(): Promise<void> {
    const { processes, runs } = this.#options
    const shares = Array.from({ length: processes }, (_, n) => ({
      n,
      left: Array.from({ length: Math.ceil((runs - n) / processes) }, (_, turn) => n + turn * processes)
    }))
    await Promise.all(shares.map(({ left, n }) => this.#share(n, left)))
  }

  /** Lets every process leave; each must do so in peace. */
  async leave(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#dismiss(member)))
  }

  async #share(n: number, left: Array<number>): Promise<void> {
    while (left.length > 0) {
      const member = this.#hire(n)
      try {
        member.process = await member.host.call<number>("open")
        await Promise.all(Array.from({ length: lanes }, () => this.#lane(member, left)))
      } catch (error) {
        await this.#gone(member, error)
      }
    }
  }

  #hire(n: number): Member {
    const { evidence, file, runtimes, seed } = this.#options
    const number = ++this.#count
    const env = {
      PINNACE_STRESS_FILE: file,
      PINNACE_STRESS_EVIDENCE: evidence,
      PINNACE_STRESS_SEED: String(seed),
      PINNACE_STRESS_HOST: String(number)
    }
    const host = new Host(env, runtimes[n % runtimes.length], "stress/worker")
    const member: Member = { number, host, process: 0, isPaused: false, isDead: false }
    this.#members = [...this.#members, member]
    return member
  }

  async #lane({ host }: Member, left: Array<number>): Promise<void> {
    for (let run = left.pop(); run !== undefined; run = left.pop()) {
      this.#playing.add(run)
      try {
        this.ended.push(await host.call<string>("play", run))
        this.#playing.delete(run)
      } catch (error) {
        left.push(run)
        throw error
      }
    }
  }

  /** A process may end only because it was killed, or because it was declared dead and found out. */
  async #gone(member: Member, error: unknown): Promise<void> {
    const tag = (error as { readonly tag?: string }).tag ?? ""
    if (!(error instanceof HostEnded) && tag !== lost) this.violations.push(`process ${member.number}: ${tag} ${error}`)
    else if (error instanceof HostEnded && !member.isDead && !member.isPaused) {
      this.violations.push(`process ${member.number} ended by itself: ${error.message}`)
    }
    // One that stands still is continued and ended by whoever stopped it.
    if (!member.isPaused) await member.host.kill()
    await member.host.exit
  }

  async #dismiss({ host, number }: Member): Promise<void> {
    if (host.ended) return
    await host.call("close").catch((error) => void this.violations.push(`process ${number} did not close: ${error}`))
    await host.leave()
    if (host.errors !== "") this.violations.push(`process ${number} wrote: ${host.errors}`)
  }
}
