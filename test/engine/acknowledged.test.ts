/** N16: whatever two things happen in one turn, what was acknowledged is what the record holds and readers get. */
import { describe, expect, test } from "vitest"
import { type Pinnace, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import type { Answer } from "../../src/engine/control/Answer.ts"
import type { Event } from "../../src/run/Event.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { seeded, sweepOf } from "../run/random.ts"
import { TestBed } from "./TestBed.ts"

const acts = ["signal", "approve", "stop", "terminate", "suspend", "retry", "timer", "timeout", "crash"] as const
type Act = (typeof acts)[number]

const read = task("read", { input: Schema.Unknown, output: Schema.Unknown, run: (given) => given })
const note = task("note", { run: () => undefined })

/** Two nodes wait for an hour, within a workflow that may have no longer; a reader follows, and an exit handler. */
const waits = (isLimited: boolean) => {
  const inner = workflow("inner", { ...(isLimited ? { timeout: "1 hour" as const } : {}) }, (w) => {
    const ask = w.suspend("ask", { output: Schema.Number, duration: "1 hour", default: 7 })
    const go = w.suspend("go", { duration: "1 hour" })
    return w.node("read", read, { after: [go], needs: { ask }, input: ({ ask }) => ask })
  })
  return workflow("waits", { output: Schema.Unknown }, (w) => {
    const all = w.node("inner", inner)
    w.node("after", note, { after: [all] })
    w.onExit(() => undefined)
    return all as never
  })
}

/** What an acknowledged command must have left in the record. */
const evidence: Partial<Record<Act, (event: Event) => boolean>> = {
  signal: (event) => event.type === "NodeSignalled" && event.path.endsWith("ask") && event.value === 1,
  approve: (event) => event.type === "NodeSignalled" && event.path.endsWith("go"),
  stop: (event) => event.type === "RunStopping",
  terminate: (event) => event.type === "RunStopping" && event.mode === "terminate",
  suspend: (event) => event.type === "RunSuspended",
  retry: (event) => event.type === "RunRetried"
}

class Race {
  readonly #bed: TestBed
  readonly #random
  readonly #flow
  readonly #granted: Array<Act> = []
  #pinnace: Pinnace
  #run: RunHandle<unknown> | undefined

  readonly #pair: readonly [Act, Act]
  readonly #isEnded: boolean

  constructor(pair: readonly [Act, Act], isEnded: boolean, seed: number) {
    this.#pair = pair
    this.#isEnded = isEnded
    this.#bed = new TestBed(seed)
    this.#random = seeded(seed)
    this.#flow = waits(pair.includes("timeout"))
    this.#pinnace = this.#open()
  }

  async play(): Promise<ReadonlyArray<string>> {
    const bed = this.#bed
    this.#run = await bed.settle(this.#pinnace.start(this.#flow)) as RunHandle<unknown>
    await bed.until(async () =>
      (await this.#handle.nodes()).filter(({ waiting }) => waiting !== undefined).length === 2
    )
    await bed.quiet()
    if (this.#isEnded) {
      await bed.settle(this.#handle.terminate())
      await bed.ended(this.#handle)
    }
    if (this.#random.chance(0.5)) await this.#reopen()
    for (const act of this.#pair) {
      await this.#do(act)
      bed.steps(this.#random.below(8))
    }
    await this.#end()
    const events = bed.events(this.#handle)
    const lost = this.#granted.filter((act) => evidence[act] !== undefined && !events.some(evidence[act]))
    return [...bed.violations(this.#handle), ...lost.map((act) => `${act} was acknowledged and is not in the record`)]
  }

  get #handle(): RunHandle<unknown> {
    return this.#run!
  }

  async #reopen(): Promise<void> {
    this.#pinnace = this.#open()
    this.#run = await this.#pinnace.get(this.#handle.id)
  }

  #open(): Pinnace {
    return this.#bed.open({ workflows: [this.#flow as never] })
  }

  async #do(act: Act): Promise<void> {
    const run = this.#handle
    if (act === "timer" || act === "timeout") return this.#bed.ring()
    if (act === "crash") {
      this.#bed.crash(this.#pinnace)
      return this.#reopen()
    }
    const answer: Promise<Answer | unknown> = act === "signal"
      ? run.signal("inner/ask", 1)
      : act === "approve"
      ? run.approve("inner/go")
      : run[act]()
    answer.then(() => this.#granted.push(act), () => {})
  }

  /** Whoever suspended it lets it go on once nothing moves any more. */
  async #end(): Promise<void> {
    const bed = this.#bed
    const over = async () => isTerminal((await this.#handle.status()).phase)
    for (let tries = 0; tries < 3 && !await over(); tries++) {
      await bed.until(async () => await over() || bed.isIdle)
      if (!await over() && (await this.#handle.status()).suspended) {
        await bed.settle(this.#handle.resume().catch(() => {}))
      }
    }
    await bed.quiet()
  }
}

const seeds = sweepOf(15)

for (const isEnded of [false, true]) {
  describe(`Two things in one turn, of a run that ${isEnded ? "has ended" : "waits"}`, () => {
    for (const first of acts) {
      test(`${first}, and each other one after it`, async () => {
        for (const second of acts) {
          for (let seed = 1; seed <= seeds; seed++) {
            const violations = await new Race([first, second], isEnded, seed).play()
            expect(violations, `${first}, ${second}, seed ${seed}`).toEqual([])
          }
        }
      })
    }
  })
}
