/**
 * What must hold of what bodies did, whatever the engine says: never
 * above the limit at any instant, and nothing from the dead. Pure.
 */
import type { BodyLine, EndLine, Line } from "./evidence.ts"

/** What the evidence shows besides violations. */
export interface EvidenceVerdict {
  readonly violations: ReadonlyArray<string>
  readonly executions: number
  /** Executions that ended; a dead process ends none. */
  readonly finished: ReadonlySet<string>
  /**
   * Milliseconds from the end of one holder of a mutex to the beginning of the next that was waiting for it already.
   */
  readonly handOvers: ReadonlyArray<number>
  /** The same, where the two were in different processes. */
  readonly foreignHandOvers: ReadonlyArray<number>
}

/** When the request of a node of a run was stored, by `run path`; milliseconds since the epoch, ascending. */
export type Asked = ReadonlyMap<string, ReadonlyArray<number>>

/** Judges the lines of all processes; `limits` are never exceeded. */
export const judgeEvidence = (
  lines: ReadonlyArray<Line>,
  limits: Readonly<Record<string, number>>,
  asked: Asked = new Map()
): EvidenceVerdict => {
  const scene = new Scene(limits, asked)
  for (const [at, line] of lines.entries()) scene.take(line, at + 1)
  const left = [...scene.open.values()].map(({ node, run }) => `${run} ${node} began and never ended`)
  const { executions, finished, foreignHandOvers, handOvers, violations } = scene
  return { violations: [...violations, ...left], executions, finished, handOvers, foreignHandOvers }
}

class Scene {
  readonly violations: Array<string> = []
  readonly open = new Map<string, BodyLine>()
  readonly finished = new Set<string>()
  readonly handOvers: Array<number> = []
  readonly foreignHandOvers: Array<number> = []
  executions = 0
  readonly #limits: Readonly<Record<string, number>>
  readonly #asked: Asked
  readonly #dead = new Map<number, "kill" | "fence">()
  readonly #last = new Map<string, BodyLine>()

  constructor(limits: Readonly<Record<string, number>>, asked: Asked) {
    this.#limits = limits
    this.#asked = asked
  }

  take(line: Line, number: number): void {
    if (this.#dead.has(line.host)) return this.#late(line)
    if (line.what === "kill" || line.what === "fence") this.#end(line)
    else if (line.what === "enter") this.#enter(line as BodyLine, number)
    else this.#leave(line as BodyLine)
  }

  /** What was done between the announcement of a kill and the kill may still have been recorded. */
  #late(line: Line): void {
    if (line.what === "leave" && this.#dead.get(line.host) === "kill") this.finished.add(line.token)
  }

  #end({ host, what }: EndLine): void {
    this.#dead.set(host, what)
    for (const [token, body] of this.open) if (body.host === host) this.open.delete(token)
  }

  #enter(line: BodyLine, number: number): void {
    this.executions++
    for (const { host, node, run } of this.open.values()) {
      if (run === line.run && node === line.node) {
        this.violations.push(`line ${number}: ${run} ${node} runs in processes ${host} and ${line.host} at once`)
      }
    }
    this.open.set(line.token, line)
    for (const name of Object.keys(line.takes)) this.#held(name, line, number)
  }

  #held(name: string, line: BodyLine, number: number): void {
    const holders = [...this.open.values()].filter((body) => name in body.takes)
    const held = holders.reduce((sum, { takes }) => sum + takes[name]!, 0)
    const limit = this.#limits[name] ?? 0
    if (held > limit) {
      const who = holders.map(({ host, node, run }) => `${run} ${node} in ${host}`).join(", ")
      this.violations.push(`line ${number}: ${held} of ${name} are in use, the limit is ${limit}: ${who}`)
    }
    if (limit === 1) this.#handedOver(name, line)
  }

  #handedOver(name: string, line: BodyLine): void {
    const last = this.#last.get(name)
    this.#last.delete(name)
    if (last === undefined) return
    const since = this.#asked.get(`${line.run} ${line.node}`)?.findLast((at) => at <= line.at)
    if (since === undefined || since > last.at) return
    const millis = line.at - last.at
    this.handOvers.push(millis)
    if (last.host !== line.host) this.foreignHandOvers.push(millis)
  }

  #leave(line: BodyLine): void {
    this.open.delete(line.token)
    this.finished.add(line.token)
    for (const name of Object.keys(line.takes)) if (this.#limits[name] === 1) this.#last.set(name, line)
  }
}
