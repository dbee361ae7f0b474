/**
 * The protocol of changes over a wire that loses, delays and cuts, with a server that follows the rules of the schema:
 * seeded histories, in no real time. What is played: connections cut before or after a change was made, answers that
 * are lost, changes that arrive after they were sent again, deadlocks, a process that is declared dead, a server that
 * was set back.
 */
import { describe, expect, it } from "vitest"
import type { JournalError } from "../../src/journal/JournalError.ts"
import { Changes } from "../../src/postgres/Changes.ts"
import { Commits } from "../../src/postgres/Commits.ts"
import { groupValues } from "../../src/postgres/groupText.ts"
import { Link } from "../../src/postgres/Link.ts"
import type { PgRow, PgSession } from "../../src/postgres/PgSession.ts"
import { event } from "../journal/JournalWorld.ts"
import { type Random, seeded } from "../run/random.ts"

const turn = (run: () => void): void => void setImmediate(run)
const turns = (): Promise<void> => new Promise((resume) => turn(resume))

/** The rules of `fence` and `commit_group`. */
class Server {
  /** The numbers of the groups that were stored, each with its events. */
  groups: Array<{ readonly number: number; readonly seqs: ReadonlyArray<number> }> = []
  isFenced = false
  /** Events that were stored before it was set back. */
  forgotten: ReadonlyArray<number> = []

  commit(number: number, events: string | null): string {
    if (this.isFenced) return "fenced"
    const known = this.groups.at(-1)?.number ?? 0
    if (number !== known + 1) return known === number ? "again" : "gap"
    const seqs = events === null ? [] : (JSON.parse(events) as ReadonlyArray<{ readonly seq: number }>)
    this.groups.push({ number, seqs: seqs.map((it) => typeof it === "number" ? it : it.seq) })
    return "new"
  }

  /** As a failover to a replica that was behind. */
  setBack(many: number): void {
    const lost = this.groups.splice(Math.max(0, this.groups.length - many))
    this.forgotten = [...this.forgotten, ...lost.flatMap(({ seqs }) => seqs)]
  }
}

type Fault = "none" | "cut" | "answerLost" | "late" | "slow" | "deadlock"
const faults: ReadonlyArray<Fault> = ["none", "none", "none", "cut", "answerLost", "late", "slow", "deadlock"]

/** A session over which each question meets a fault. */
class Wire {
  readonly #server: Server
  readonly #random: Random

  constructor(server: Server, random: Random) {
    this.#server = server
    this.#random = random
  }

  readonly connect = async (): Promise<PgSession> => {
    await turns()
    if (this.#random.chance(0.2)) throw new Error("connection refused")
    const ended: Array<() => void> = []
    let isOpen = true
    const end = (): never => {
      isOpen = false
      for (const listener of ended) listener()
      throw new Error("Connection terminated unexpectedly")
    }
    const query = async (_: string, values: ReadonlyArray<unknown> = []): Promise<ReadonlyArray<PgRow>> => {
      if (!isOpen) return end()
      const commit =
        () => [{ changed: { state: this.#server.commit(values[1] as number, values[7] as string | null) } }]
      switch (this.#random.pick(faults)) {
        case "cut":
          return end()
        case "answerLost":
          commit()
          return end()
        case "late":
          // The server goes on with it while it is sent again by another session.
          turn(() => turn(commit))
          return end()
        case "deadlock":
          throw Object.assign(new Error("deadlock detected"), { code: "40P01" })
        case "slow":
          await turns()
          await turns()
          return commit()
        default:
          await turns()
          return commit()
      }
    }
    return { backend: 1, query, wait: query, onNotice: () => {}, onEnd: (it) => ended.push(it), close: turns }
  }
}

/** One process that appends events 1..n, and what became of each. */
const play = async (seed: number) => {
  const random = seeded(seed)
  const server = new Server()
  const link = new Link(new Wire(server, random).connect, 1e9, turns)
  const changes = new Changes(link, 7, 0)
  const answers = new Map<number, string>()
  const order: Array<number> = []
  const commits = new Commits({
    turn,
    commit: async (group) => void await changes.make("commit_group", [0, ...groupValues(group)]),
    committed: () => {},
    failed: () => {}
  })
  const [fencedAt, setBackAt] = [
    random.chance(0.2) ? 1 + random.below(60) : 0,
    random.chance(0.2) ? random.below(60) : 0
  ]
  for (let seq = 1; seq <= 60; seq++) {
    commits.append([event(1, seq)], (error: JournalError | undefined) => {
      answers.set(seq, error?.reason ?? "stored")
      order.push(seq)
    })
    if (random.chance(0.4)) await turns()
    if (seq === fencedAt) server.isFenced = true
    if (seq === setBackAt) server.setBack(1 + random.below(3))
  }
  await commits.drained().catch(() => {})
  // What is still on its way arrives.
  for (let n = 0; n < 6; n++) await turns()
  return { answers, order, server }
}

describe("changes over a bad wire", () => {
  it("are made once, in order and without gaps, and never by who was declared dead (J1, J2, J3, N13, N15)", async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 400; seed++) {
      const { answers, order, server } = await play(seed)
      const where = `seed ${seed}`
      expect(server.groups.map(({ number }) => number), where).toEqual(server.groups.map((_, n) => n + 1))
      const stored = server.groups.flatMap(({ seqs }) => seqs)
      expect(stored, where).toEqual([...stored].sort((a, b) => a - b))
      expect(new Set(stored).size, where).toBe(stored.length)
      expect(order, where).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
      for (const [seq, answer] of answers) {
        seen.add(answer)
        const isThere = stored.includes(seq) || server.forgotten.includes(seq)
        if (answer === "stored") expect(isThere, `${where}: ${seq}`).toBe(true)
        // Nobody is told that something was refused which is there, but for one whose process had ended meanwhile.
        else if (answer !== "Fenced") expect(stored.includes(seq), `${where}: ${seq} ${answer}`).toBe(false)
      }
    }
    expect(seen).toEqual(new Set(["stored", "Fenced", "Replaced"]))
  })
})
