/**
 * What befalls the processes of a stress run while they work: kills,
 * pauses, declarations of death, stops of runs from elsewhere, new limits.
 *
 * Owns: the choice of what happens next, by the seed, and the
 * count of what happened. Does not own: the processes (`Crew.ts`).
 * Invariant: a process is announced as dead in the evidence before anybody can be granted what it held.
 */
import { answersOf } from "../journal/answers.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { JournalError } from "../../src/journal/JournalError.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { HostEnded } from "../crash/Host.ts"
import type { Crew, Member } from "./Crew.ts"
import { instant, write } from "./evidence.ts"
import { flex } from "./workload.ts"

/** How often each thing was done. */
export type Deeds = Record<"kills" | "pauses" | "fences" | "stops" | "limits", number>

/** Answers of commands that came too late are no fault. */
const expected = new Set(["Refused", "RunNotFound"])

/** Makes trouble until it is told to end. */
export class Chaos {
  readonly done: Deeds = { kills: 0, pauses: 0, fences: 0, stops: 0, limits: 0 }
  readonly violations: Array<string> = []
  readonly #crew: Crew
  readonly #random: () => number
  #isOver = false
  #pending: ReadonlyArray<Promise<void>> = []

  constructor(crew: Crew, seed: number) {
    this.#crew = crew
    this.#random = makeRandom(seed + 17)
  }

  /** Does something now and then; resolves after `end`, when all it did has had its effect. */
  async run(pause: number): Promise<void> {
    while (!this.#isOver) {
      await after(pause * (0.5 + this.#random()))
      if (this.#isOver) break
      this.#pending = [...this.#pending, this.#act()]
    }
    await Promise.all(this.#pending)
  }

  /** Makes no more trouble. */
  end(): void {
    this.#isOver = true
  }

  /**
   * As much trouble as runs have ended, so that a slow machine gets
   * no more of it than a fast one; limits change all the time.
   */
  get #isEnough(): boolean {
    const { fences, kills, pauses, stops } = this.done
    return fences + kills + pauses + stops > this.#crew.ended.length + 10
  }

  async #act(): Promise<void> {
    const draw = this.#isEnough ? 1 : this.#random()
    try {
      if (draw < 0.2) await this.#kill()
      else if (draw < 0.4) await this.#pause()
      else if (draw < 0.5) await this.#fence()
      else if (draw < 0.75) await this.#stop()
      else await this.#limit()
    } catch (error) {
      const tag = (error as { readonly tag?: string }).tag ?? ""
      if (!(error instanceof HostEnded) && !expected.has(tag) && tag !== "Fenced") this.violations.push(String(error))
    }
  }

  #pick(): Member | undefined {
    const members = this.#crew.working
    return members[Math.floor(this.#random() * members.length)]
  }

  async #kill(): Promise<void> {
    const member = this.#pick()
    if (member === undefined) return
    this.done.kills++
    this.#crew.bury(member)
    await member.host.kill()
  }

  /**
   * A process that stands still keeps its lock, so it keeps its permits, and the evidence of others must respect them.
   */
  async #pause(): Promise<void> {
    const member = this.#pick()
    if (member === undefined) return
    this.done.pauses++
    member.isPaused = true
    member.host.signal("SIGSTOP")
    await after(50 + this.#random() * 300)
    member.host.signal("SIGCONT")
    member.isPaused = false
  }

  /**
   * Declares a process dead that stands still: others get its
   * permits, and when it goes on, nothing it writes is accepted.
   */
  async #fence(): Promise<void> {
    const member = this.#pick()
    if (member === undefined) return
    member.isPaused = true
    member.host.signal("SIGSTOP")
    const isFenced = this.#declareDead(member)
    await after(100 + this.#random() * 200)
    member.host.signal("SIGCONT")
    member.isPaused = isFenced
    if (!isFenced) return
    this.done.fences++
    const isAccepted = await member.host.call("write").then(() => true, () => false)
    if (isAccepted) this.violations.push(`a write of process ${member.number} was accepted after it was declared dead`)
    await member.host.kill()
  }

  /**
   * Answers whether it could: a process may have been stopped
   * while it holds the lock of the file, and must then go on soon.
   */
  #declareDead(member: Member): boolean {
    try {
      const db = new Database(this.#crew.file)
      try {
        db.transactNow(() => {
          db.exec(`DELETE FROM processes WHERE id = ${member.process}`)
          write(this.#crew.evidence, { what: "fence", at: instant(), host: member.number })
        })
      } finally {
        db.close()
      }
      // Whoever opens the file sees to the permits of the dead.
      answersOf(openSqlite(this.#crew.file)).close()
      return true
    } catch (error) {
      if (error instanceof JournalError && error.reason === "Locked") return false
      throw error
    }
  }

  async #stop(): Promise<void> {
    const member = this.#pick()
    const runs = this.#crew.openRuns
    const run = runs[Math.floor(this.#random() * runs.length)]
    if (member === undefined || run === undefined) return
    this.done.stops++
    await member.host.call("command", run, this.#random() < 0.5 ? "stop" : "terminate")
  }

  async #limit(): Promise<void> {
    const member = this.#pick()
    if (member === undefined) return
    const limit = this.#random() < 0.15 ? 0 : 1 + Math.floor(this.#random() * flex.most)
    this.done.limits++
    await member.host.call("setLimit", flex.name, limit)
  }
}

const after = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))
