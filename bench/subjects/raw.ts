/**
 * The raw limit: the driver writes the rows that Pinnace writes, into the same tables,
 * in groups of the same size. Nothing is decided, awaited or executed in between.
 */
import Sqlite from "better-sqlite3"
import { v1 } from "../../src/sqlite/migrations/v1.ts"
import { depthOf, levelsOf } from "../Shape.ts"
import { type Contestant, drive, request } from "./drive.ts"

/** Writes of one transaction, as in `src/journal/GroupCommit.ts`. */
const groupLimit = 200

const connect = async (): Promise<Contestant> => {
  const db = new Sqlite(request.file)
  db.pragma("journal_mode = WAL")
  db.pragma(`synchronous = ${request.durability === "power" ? "FULL" : "NORMAL"}`)
  db.exec(v1)
  const writer = new RawWriter(db)
  return {
    prepare: (name, shape, nodes) => {
      const levels = levelsOf(shape, nodes)
      return async (runs) => {
        writer.play(name, levels, runs)
        return depthOf(shape, nodes)
      }
    },
    resume: () => Promise.reject(new Error("The raw limit has nothing to resume")),
    close: async () => void db.close()
  }
}

class RawWriter {
  readonly #begin: Sqlite.Statement
  readonly #commit: Sqlite.Statement
  readonly #run: Sqlite.Statement
  readonly #node: Sqlite.Statement
  readonly #event: Sqlite.Statement
  #key = 0
  #open = 0

  constructor(db: Sqlite.Database) {
    this.#begin = db.prepare("BEGIN IMMEDIATE")
    this.#commit = db.prepare("COMMIT")
    this.#run = db.prepare(`INSERT OR REPLACE INTO runs VALUES (${marks(20)})`)
    this.#node = db.prepare(`INSERT OR REPLACE INTO nodes VALUES (${marks(18)})`)
    this.#event = db.prepare(`INSERT INTO events VALUES (${marks(6)})`)
  }

  /** Level by level: the ends of one level share their transactions with the starts of the next. */
  play(name: string, levels: ReadonlyArray<ReadonlyArray<number>>, runs: number): void {
    const keys = Array.from({ length: runs }, () => ++this.#key)
    const seqs = new Map(keys.map((key) => [key, 2]))
    for (const key of keys) this.#writeRun(key, name, "Running")
    levels.forEach((level, depth) => {
      for (const key of keys) {
        for (const node of levels[depth - 1] ?? []) this.#transition(seqs, key, node, depth - 1, true)
      }
      for (const key of keys) for (const node of level) this.#transition(seqs, key, node, depth, false)
      this.#flush()
    })
    for (const key of keys) {
      for (const node of levels.at(-1)!) this.#transition(seqs, key, node, levels.length - 1, true)
      this.#writeRun(key, name, "Succeeded")
    }
    this.#flush()
  }

  #transition(seqs: Map<number, number>, key: number, node: number, i: number, ended: boolean): void {
    const seq = seqs.get(key)! + 1
    seqs.set(key, seq)
    const now = Date.now()
    const path = `n${node}`
    const type = ended ? "NodeFinished" : "NodeStarted"
    const data = ended
      ? { type, path, ending: { output: { ok: true, i }, phase: "Succeeded" } }
      : { type, path, kind: "task", input: { i } }
    this.#grow(2)
    this.#event.run(key, seq, now, type, path, JSON.stringify(data))
    const phase = ended ? "Succeeded" : "Running"
    const [finished, result] = ended ? [now, seq] : [0, 0]
    this.#node.run(key, path, "task", phase, null, null, 1, 1, 0, 0, null, 0, null, now, finished, 3, 0, result)
  }

  #writeRun(key: number, name: string, phase: string): void {
    const now = Date.now()
    this.#grow(1)
    this.#run.run(
      key,
      `${name}-${key}`,
      name,
      "",
      phase,
      null,
      null,
      1,
      0,
      "{}",
      1,
      0,
      null,
      null,
      null,
      now,
      now,
      0,
      1,
      0
    )
  }

  #grow(writes: number): void {
    if (this.#open + writes > groupLimit) this.#flush()
    if (this.#open === 0) this.#begin.run()
    this.#open += writes
  }

  #flush(): void {
    if (this.#open > 0) this.#commit.run()
    this.#open = 0
  }
}

const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ")

await drive(connect)
