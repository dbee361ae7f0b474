/** `simulate`: planted bugs are found, a red seed is told and plays the same again, and what is right passes. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, test } from "vitest"
import { Artifact, flow, handler, keyedSemaphore, Schema, signal, task, workflow } from "../../mod.ts"
import { simulate, SimulationFailed } from "../../src/testing/mod.ts"

/** A bank that knows, or does not know, which payments it has seen. */
const bank = () => ({ paid: 0, seen: new Set<string>() })

const failure = async (played: Promise<unknown>): Promise<SimulationFailed> => {
  try {
    await played
  } catch (error) {
    if (error instanceof SimulationFailed) return error
    throw error
  }
  throw new Error("nothing was found")
}

const order = (isOnce: boolean) => {
  const state = bank()
  const pay = task("pay", {
    input: Schema.Number,
    run: async (amount, { key }) => {
      await Promise.resolve()
      if (isOnce && state.seen.has(key)) return amount
      state.seen.add(key)
      state.paid += amount
      return amount
    }
  })
  const graph = workflow("order", { input: Schema.Number }, (w) => {
    const paid = w.node("pay", pay, { input: w.input })
    const cool = w.sleep("cool", "1 day", { after: [paid] })
    return w.node("again", pay, { input: paid, after: [cool] })
  })
  const begin = () => void Object.assign(state, bank())
  const invariants = { "pays each node once": () => state.paid <= 40 || `paid ${state.paid} of 40` }
  return { graph, options: { input: 20, begin, invariants } }
}

describe("simulate()", () => {
  test("finds a payment that is not told by its key, and names the seed", async () => {
    const { graph, options } = order(false)
    const error = await failure(simulate(graph, options))
    // How many crashes there are is up to the seed.
    expect(error.violations[0]).toBe("pays each node once: paid 60 of 40")
    expect(error.message).toContain(`Play it again: simulate(…, { …, seed: ${error.seed}, faults: {`)
    expect(error.happened).toEqual([
      expect.stringMatching(/^(?:before|after) commit \d+ was stored its process was killed$/)
    ])
    expect(error.message).toContain("NodeStarted")
    const again = await failure(simulate(graph, { ...options, seed: error.seed }))
    expect({ ...again }).toEqual({ ...error })
  })

  test("passes the payment that is told by its key, at crashes before and after each commit", async () => {
    const { graph, options } = order(true)
    const { bodies, commits, crashes, seeds } = await simulate(graph, options)
    expect(seeds).toBe(100)
    expect(crashes).toBeGreaterThan(20)
    expect(commits).toBeGreaterThan(500)
    expect(bodies).toBeGreaterThan(200)
  })

  test("finds an order of events that nobody thought of, without any fault", async () => {
    let most = 0
    let open = 0
    const work = task("work", {
      input: Schema.Number,
      run: () =>
        Effect.gen(function* () {
          most = Math.max(most, ++open)
          yield* Effect.sleep(5)
          open--
        })
    })
    const many = (take: boolean) => {
      const desk = keyedSemaphore("desk", { each: 1 })
      const permits = take ? { item: { permits: () => [desk.take(1, "one")] } } : {}
      return workflow("many", {}, (w) => void w.map("items", [1, 2, 3], work, (it) => it, permits))
    }
    const options = {
      faults: false as const,
      seeds: 10,
      begin: () => {
        most = 0
        open = 0
      },
      invariants: { "one at a time": () => most <= 1 }
    }
    expect((await failure(simulate(many(false), options))).violations).toEqual(["one at a time"])
    expect((await simulate(many(true), options)).seeds).toBe(10)
  })

  test("answers signals, and says which one is missing", async () => {
    const approval = signal("approval", Schema.Boolean)
    const asks = workflow("asks", { output: Schema.Boolean }, (w) => w.suspend(approval))
    const invariants = {
      "gives the answer": ({ output, over }: { output?: unknown; over: boolean }) => !over || output === true
    }
    await simulate(asks, { seeds: 20, signals: { approval: true }, invariants })
    expect((await failure(simulate(asks, { seeds: 1 }))).violations).toEqual([
      '"approval" waits for a signal for ever: give its value, as in signals: { "approval": true }'
    ])
  })

  test("plays an approval that comes in time, one that comes too late, and what crashes do to either", async () => {
    const approval = signal("approval", Schema.Number)
    const asks = workflow(
      "asks",
      { output: Schema.Number },
      (w) => w.suspend(approval, { duration: "2 days", default: 0 })
    )
    const seen = new Set<string>()
    const invariants = {
      look: ({ output, over, seed }: { output?: unknown; over: boolean; seed: number }) => {
        if (over) seen.add(output === 0 ? "late" : output === seed ? "in time" : `wrong: ${output}`)
      }
    }
    const { crashes } = await simulate(asks, { signals: { approval: (seed: number) => seed }, invariants })
    expect([...seen].sort()).toEqual(["in time", "late"])
    expect(crashes).toBeGreaterThan(20)
  })

  test("follows a run that goes on in others, to the end of the last", async () => {
    const polled: Array<string> = []
    const poll = task("poll", {
      input: Schema.Number,
      output: Schema.Number,
      run: (n, { key }) => {
        if (!polled.includes(key)) polled.push(key)
        return n + 1
      }
    })
    const loop = flow("loop", { input: Schema.Number, output: Schema.Number }, async (n, f): Promise<number> => {
      const next = await f.call("poll", poll, n)
      if (next > 3) return next
      await f.sleep("hour", "1 hour")
      return f.continueAs(next)
    })
    const invariants = {
      "polls three times": ({ over }: { over: boolean }) => !over || polled.length === 3 || `${polled.length}`,
      "ends with the last": ({ output, over }: { output?: unknown; over: boolean }) => !over || output === 4
    }
    const { crashes } = await simulate(loop, { input: 1, seeds: 70, begin: () => void polled.splice(0), invariants })
    expect(crashes).toBeGreaterThan(20)
  })

  test("waits for what bodies read of artifacts", async () => {
    const write = task("write", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a", "text") })
    const read = task("read", {
      input: Artifact,
      output: Schema.String,
      run: async (it, { artifacts }) => (await artifacts.open(it)).text()
    })
    const pipe = workflow("pipe", {}, (w) => w.node("read", read, { input: w.node("write", write) }))
    const invariants = { reads: ({ output, over }: { output?: unknown; over: boolean }) => !over || output === "text" }
    expect((await simulate(pipe, { invariants })).seeds).toBe(100)
  })

  test("crashes once at each commit of the run in which nothing else goes wrong", async () => {
    const happened = new Set<string>()
    const work = task("work", { run: () => {} })
    const two = workflow("two", {}, (w) => void w.node("b", work, { after: [w.node("a", work)] }))
    const { commits } = await simulate(two, { seeds: 1, faults: { crashes: false } })
    for (let seed = 1; seed <= 2 * commits; seed++) {
      const never = { never: ({ crashes }: { crashes: number }) => crashes === 0 }
      const error = await failure(simulate(two, { seed, invariants: never })).catch(() => undefined)
      for (const it of error?.happened ?? []) happened.add(it)
    }
    // What is killed after its last commit has nothing left to do: nobody looks any more.
    const each = Array.from({ length: commits }, (_, at) => at + 1)
    expect([...happened].filter((it) => it.startsWith("before"))).toEqual(
      each.map((at) => `before commit ${at} was stored its process was killed`)
    )
  })

  test("names as few kinds of faults as it takes", async () => {
    const work = task("work", { run: () => Effect.sleep("1 hour") })
    const one = workflow("one", {}, (w) => void w.node("work", work))
    const start = Date.UTC(2026, 0, 1)
    const invariants = { "the clock goes on": ({ now }: { now: number }) => now >= start }
    const { faults, message, seed } = await failure(simulate(one, { seeds: 500, invariants }))
    const off = { crashes: false, lostAnswers: false, slowStores: false, suspends: false }
    expect(faults).toEqual({ ...off, clockJumps: true, stops: false })
    expect(message).toContain(
      `seed: ${seed}, faults: { crashes: false, lostAnswers: false, slowStores: false, suspends: false } })`
    )
    expect((await failure(simulate(one, { seed, faults, invariants }))).seed).toBe(seed)
  })

  test("names as few crashes as it takes, and when", async () => {
    let begun = 0
    const work = task("work", { run: () => void begun++ })
    const two = workflow("two", {}, (w) => void w.node("b", work, { after: [w.node("a", work)] }))
    const options = { begin: () => void (begun = 0), invariants: { "three at most": () => begun <= 3 } }
    const { faults, happened, message, seed } = await failure(simulate(two, { ...options, seeds: 500 }))
    expect(happened).toHaveLength(2)
    expect(message).toContain(`seed: ${seed}, faults: { `)
    const first = await failure(simulate(two, { ...options, seed }))
    expect(first.faults).toEqual(faults)
    // What is left is listed, and it alone happens when that is asked for.
    const again = await failure(simulate(two, { ...options, seed, faults }))
    expect(again.happened).toEqual(happened)
    const listed = [faults.crashes, faults.lostAnswers].flatMap((it) => typeof it === "boolean" ? [] : it)
    const said = happened.map((it) => / commit (\d+)/.exec(it)![1])
    expect(listed.map((it) => it.split(" ")[1]).sort()).toEqual(said.sort())
  })

  test("takes crashes at commits that are named", async () => {
    const work = task("work", { run: () => {} })
    const one = workflow("one", {}, (w) => void w.node("work", work))
    const faults = { crashes: ["after 2", "before 2"], suspends: false } as const
    const never = { never: ({ crashes, over }: { crashes: number; over: boolean }) => !over || crashes !== 2 }
    const { happened } = await failure(simulate(one, { seed: 3, faults, invariants: never }))
    expect(happened.slice().sort()).toEqual([
      "after commit 2 was stored its process was killed",
      "before commit 2 was stored its process was killed"
    ])
    await expect(simulate(one, { faults: { crashes: ["after 0"] } })).rejects.toThrow('Use "before 3" or "after 3"')
    await expect(simulate(one, { faults: { suspends: 3 as never } })).rejects.toThrow("true or false")
  })

  test("suspends runs and resumes them: what has a time limit outside is found", async () => {
    let until = 0
    const at = Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
    const lend = task("lend", { run: () => Effect.map(at, (now) => void (until = now + 3_600_000)) })
    const use = task("use", {
      run: () => Effect.flatMap(at, (now) => now < until ? Effect.void : Effect.die(new Error("too late")))
    })
    const lent = workflow("lent", {}, (w) => {
      w.sleep("day", "1 day")
      w.node("use", use, { after: [w.sleep("minute", "1 minute", { after: [w.node("lend", lend)] })] })
    })
    const invariants = {
      "is used": ({ over, phase }: { over: boolean; phase: string }) => !over || phase === "Succeeded"
    }
    const calm = { crashes: false, lostAnswers: false, slowStores: false, clockJumps: false, stops: false }
    const error = await failure(simulate(lent, { seeds: 200, faults: { ...calm, suspends: true }, invariants }))
    expect(error.happened).toEqual([expect.stringMatching(/^after commit \d+ the run was suspended$/)])
    await simulate(lent, { seeds: 200, faults: { ...calm, suspends: false }, invariants })
  })

  test("stops runs where that is asked for: what is taken has to be given back by exit handlers", async () => {
    const taken = new Set<string>()
    const take = task("take", { run: (_, { run }) => void taken.add(run) })
    const work = task("work", { run: () => Effect.sleep("1 hour") })
    const give = task("give", { run: (_, { run }) => void taken.delete(run) })
    const desk = (isSafe: boolean) =>
      workflow("desk", {}, (w) => {
        const worked = w.node("work", work, { after: [w.node("take", take)] })
        if (isSafe) w.onExit(handler(give, () => undefined))
        else w.node("give", give, { after: [worked] })
      })
    const options = {
      seeds: 200,
      begin: () => taken.clear(),
      invariants: { "gives it back": ({ over }: { over: boolean }) => !over || taken.size === 0 }
    }
    await simulate(desk(false), options)
    const { happened } = await failure(simulate(desk(false), { ...options, faults: { stops: true } }))
    expect(happened.at(-1)).toMatch(/^after commit \d+ the run was stopped$/)
    await simulate(desk(true), { ...options, faults: { stops: true } })
  })

  test("refuses what does not exist", async () => {
    const one = workflow("one", {}, () => {})
    await expect(simulate(one, { faults: { crash: true } as never })).rejects.toThrow('Did you mean "crashes"?')
    await expect(simulate(one, { seed: 1, sedes: 3 } as never)).rejects.toThrow('Did you mean "seeds"?')
  })

  test("gives Effect bodies their services, and replaces bodies", async () => {
    class Db extends Context.Service<Db, { readonly find: Effect.Effect<string> }>()("Db") {}
    const find = task("find", { services: [Db], output: Schema.String, run: () => Effect.flatMap(Db, (db) => db.find) })
    const slow = task("slow", { output: Schema.String, run: () => new Promise<string>(() => {}) })
    const both = workflow("both", { services: [Db] }, (w) => ({ a: w.node("a", find), b: w.node("b", slow) }))
    const seen: Array<unknown> = []
    await simulate(both, {
      seeds: 5,
      layer: Layer.succeed(Db, { find: Effect.succeed("found") }),
      replace: [[slow, () => "replaced"]],
      invariants: { sees: ({ output, over }) => void (over && seen.push(output)) }
    })
    expect(seen).toEqual(Array.from({ length: 6 }, () => ({ a: "found", b: "replaced" })))
  })

  test("says of a body that waits for something outside that it is to be replaced", async () => {
    const never = task("never", { run: () => new Promise<void>(() => {}) })
    const error = await failure(simulate(workflow("w", {}, (w) => void w.node("never", never)), { seeds: 1 }))
    expect(error.violations[0]).toContain("Replace it: simulate(…, { replace: [[task, body]] })")
  })

  test("rejects with the mistake of a workflow or an input that cannot begin", async () => {
    const takes = workflow("takes", { input: Schema.Number }, () => {})
    await expect(simulate(takes, { input: "text" as never, seeds: 1 })).rejects.toThrow("Expected number")
    await expect(simulate(takes, { input: 1, seeds: 0 })).rejects.toThrow("whole number from 1")
    await expect(simulate({} as never)).rejects.toThrow()
  })
})
