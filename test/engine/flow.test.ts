/** Flows: one async function, whose steps are nodes. F1 to F6 are tests of their names. */
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { flow, type FlowContext, Schema, signal, task, workflow } from "../../mod.ts"
import { phases, TestBed } from "./TestBed.ts"

const approval = signal("approval", { ok: Schema.Boolean })
const double = task("double", { input: Schema.Number, output: Schema.Number, run: (n) => n * 2 })

const counted = () => {
  const ran: Array<string> = []
  const order = flow(
    "order",
    { input: { items: Schema.Array(Schema.Number) }, output: Schema.Number },
    async ({ items }, f) => {
      const prices = await f.each("price", items, (item) => {
        ran.push(`price ${item}`)
        return item * 10
      }, { key: (item) => `i${item}`, concurrency: 2 })
      const total = await f.step("total", () => {
        ran.push("total")
        return prices.reduce((a, b) => a + b, 0)
      })
      if (total > 20) {
        const { ok } = await f.receive(approval)
        if (!ok) return 0
      }
      await f.sleep("cool-down", "14 days")
      return await f.call("double", double, total)
    }
  )
  return { order, ran }
}

test("A flow is one async function; each step is a node of its name, and runs once over crashes, a signal and two weeks", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const { order, ran } = counted()
  let pinnace = bed.open({ workflows: [order] })
  const { id } = await bed.settle(pinnace.start(order, { items: [1, 2, 3] }))
  const handle = async () => (await bed.settle(pinnace.get(id)))!
  const again = () => {
    bed.crash(pinnace)
    pinnace = bed.open({ workflows: [order] })
  }
  await bed.until(async () => (await phases(await handle()))["approval"] === "Running")
  again()
  await bed.quiet()
  await bed.settle((await handle()).signal(approval, { ok: true }))
  await bed.until(async () => (await phases(await handle()))["cool-down"] === "Running")
  again()
  const run = await handle()
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(120)
  expect(ran.sort()).toEqual(["price 1", "price 2", "price 3", "total"])
  expect(bed.now - begin).toBe(14 * 86_400_000)
  expect(await phases(run)).toEqual({
    "price": "Succeeded",
    "price[i1]": "Succeeded",
    "price[i2]": "Succeeded",
    "price[i3]": "Succeeded",
    "total": "Succeeded",
    "approval": "Succeeded",
    "cool-down": "Succeeded",
    "double": "Succeeded"
  })
})

const sum = (name: string, body: (f: FlowContext) => Promise<number>) =>
  flow(name, { output: Schema.Number }, (_, f) => body(f))

test("F1 What ended is never run again, at whichever commit the process dies; F2 the result is that of a life without deaths", async () => {
  const ran: Array<string> = []
  const once = (name: string, value: number) => () => {
    ran.push(name)
    return value
  }
  const inner = sum("inner", async (f) => await f.step("x", once("x", 1)) + await f.step("y", once("y", 2)))
  const one = sum("one", async (f) => {
    const [a, b] = await f.all([f.step("a", once("a", 10)), f.call("inner", inner)])
    await f.sleep("nap", "1 hour")
    const c = await f.each("c", [1, 2], (n) => once(`c${n}`, n)())
    return a + b + c.length + await f.step("last", once("last", 100))
  })
  const straight = new TestBed()
  expect((await straight.play(one)).ending.phase).toBe("Succeeded")
  const commits = straight.disk.groups
  expect(commits).toBeGreaterThan(10)
  for (let at = 2; at <= commits; at++) {
    for (const when of ["before", "after"] as const) {
      const bed = new TestBed()
      ran.length = 0
      const first = bed.open({ workflows: [one] })
      const { id } = await bed.settle(first.start(one))
      bed.disk.fault = ({ group }) => group === at ? { what: "kill", when } : undefined
      await bed.until(() => bed.isDead(first) || bed.isIdle)
      bed.disk.fault = undefined
      bed.crash(first)
      const run = (await bed.settle(bed.open({ workflows: [one] }).get(id)))!
      expect(await bed.settle(run.result())).toBe(115)
      await bed.ended(run)
      const finished = bed.events(run, "NodeFinished").map(({ path }) => path)
      expect(new Set(finished).size).toBe(finished.length)
      // What was cut off by the death is begun again; nothing else is.
      expect(ran.length).toBeLessThanOrEqual(7 + 2)
    }
  }
})

test("F3 Any number of restarts ends no run: neither while it waits nor with deaths between its steps", async () => {
  const bed = new TestBed()
  const waiting = flow("waiting", {}, (_, f) => f.receive(signal("go")))
  let pinnace = bed.open({ workflows: [waiting] })
  const { id } = await bed.settle(pinnace.start(waiting))
  const handle = async () => (await bed.settle(pinnace.get(id)))!
  for (let n = 0; n < 25; n++) {
    await bed.until(async () => (await phases(await handle()))["go"] === "Running")
    await bed.quiet()
    bed.crash(pinnace)
    pinnace = bed.open({ workflows: [waiting] })
  }
  await bed.quiet()
  await bed.settle((await handle()).signal("go"))
  expect((await bed.ended(await handle())).phase).toBe("Succeeded")
  const long = sum("long", async (f) => {
    let total = 0
    for (let n = 0; n < 30; n++) total += await f.step(`step-${n}`, () => n)
    return total
  })
  pinnace = bed.open({ workflows: [long] })
  const other = await bed.settle(pinnace.start(long))
  for (let n = 0; n < 28; n++) {
    await bed.until(() => bed.events(other, "NodeFinished").length > n)
    bed.crash(pinnace)
    pinnace = bed.open({ workflows: [long] })
  }
  const last = (await bed.settle(pinnace.get(other.id)))!
  await bed.ended(last)
  expect(await bed.settle(last.result())).toBe(435)
})

test("A flow whose body ends its process before it comes to a step ends itself after the limit of reruns", async () => {
  const bed = new TestBed()
  const holder: { pinnace?: ReturnType<TestBed["open"]> } = {}
  const deadly = flow("deadly", {}, () => {
    bed.crash(holder.pinnace!)
    return new Promise<void>(() => {})
  })
  let id: string | undefined
  for (let n = 0; n < 24; n++) {
    const pinnace = holder.pinnace = bed.open({ workflows: [deadly], limits: { reruns: 3 } })
    if (id === undefined) {
      pinnace.start(deadly, undefined, { id: "d" }).catch(() => {})
      id = "d"
    }
    await bed.quiet()
    const run = bed.isDead(pinnace) ? undefined : await bed.settle(pinnace.get(id))
    if (run === undefined) continue
    expect(await bed.ended(run)).toMatchObject({ phase: "Error", reason: "Crashed" })
    expect(n).toBe(4)
    return
  }
  throw new Error("it never ended")
})

test("F4 Steps can be added, removed and put in another order between deploys: none runs twice", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const step = (f: FlowContext, name: string, n: number) =>
    f.step(name, () => {
      ran.push(name)
      return n
    })
  const before = sum("order", async (f) => {
    const a = await step(f, "a", 1)
    const b = await step(f, "b", 2)
    const old = await step(f, "old", 3)
    await f.receive(signal("go"))
    return a + b + old
  })
  const after = sum("order", async (f) => {
    const b = await step(f, "b", 20)
    const fresh = await step(f, "fresh", 4)
    const a = await step(f, "a", 10)
    await f.receive(signal("go"))
    return a + b + fresh
  })
  const first = bed.open({ workflows: [before] })
  const { id } = await bed.settle(first.start(before))
  await bed.until(async () => (await phases((await bed.settle(first.get(id)))!))["go"] === "Running")
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.settle(bed.open({ workflows: [after] }).get(id)))!
  await bed.quiet()
  await bed.settle(run.signal("go"))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(7)
  expect(ran).toEqual(["a", "b", "old", "fresh"])
  expect((await bed.settle(run.logs())).map(({ text }) => text)).toEqual(["1 recorded step was not asked for: old"])
})

test("F5 Stop: the pending step rejects, finally blocks run, steps in them are refused, exit handlers run", async () => {
  const bed = new TestBed()
  const seen: Array<string> = []
  const one = flow("one", { onExit: ({ outcome }) => void seen.push(`exit ${outcome.phase}`) }, async (_, f) => {
    try {
      await f.sleep("nap", "1 hour")
    } catch (error) {
      seen.push((error as { reason: string }).reason)
    } finally {
      await f.step("tidy", () => seen.push("tidy")).catch(({ message }) => void seen.push(message))
    }
    // What catches everything must not go on for ever.
    for (;;) await f.step("again", () => 1)
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["nap"] === "Running")
  await bed.settle(run.stop())
  expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Stopped" })
  expect(seen).toEqual(["Stopped", 'Cannot start "tidy": its run is being stopped', "exit Failed"])
  expect(await phases(run)).toEqual({ "nap": "Failed", ".onExit": "Succeeded" })
})

test("A flow that does not listen to its signal ends all the same when it is stopped, terminated or out of time", async () => {
  for (const how of ["stop", "terminate", "timeout"] as const) {
    const bed = new TestBed()
    const deaf = flow("deaf", how === "timeout" ? { timeout: "1 minute" } : {}, async (_, f) => {
      await f.step("a", () => 1)
      await new Promise(() => {})
    })
    const run = await bed.settle(bed.open().start(deaf))
    await bed.until(async () => (await phases(run))["a"] === "Succeeded")
    if (how !== "timeout") await bed.settle(run[how]())
    expect(await bed.ended(run)).toMatchObject({
      phase: "Failed",
      reason: { stop: "Stopped", terminate: "Terminated", timeout: "Timeout" }[how]
    })
  }
})

class Full extends Schema.TaggedError<Full>()("Full", { seats: Schema.Number }) {}

test("Errors stay typed: a step rejects with its own, the flow fails with those it states, others name the step", async () => {
  const book = task("book", {
    input: Schema.Number,
    output: Schema.Number,
    errors: [Full],
    run: (seats) => Effect.fail(new Full({ seats }))
  })
  const stated = flow("stated", { errors: [Full] }, async (_, f) => {
    const seats = await f.call("book", book, 3).catch((error: Full) => error.seats)
    await f.step("again", { errors: [Full], run: () => Effect.fail(new Full({ seats: seats + 1 })) })
  })
  const bed = new TestBed()
  const run = await bed.settle(bed.open().start(stated))
  expect(await bed.rejection(run.result())).toMatchObject({ _tag: "Full", seats: 4 })
  await bed.ended(run)
  const silent = flow("silent", {}, (_, f) => f.step("boom", () => Effect.die(new Error("no"))))
  const other = await bed.settle(bed.open().start(silent))
  expect(await bed.ended(other)).toMatchObject({
    phase: "Error",
    reason: "ChildErrored",
    cause: "boom",
    message: 'node "boom" Error: no'
  })
})

test("A name is used once, and what a step is given is checked: the step rejects and says why", async () => {
  const bed = new TestBed()
  const told: Array<string> = []
  const one = flow("one", {}, async (_, f) => {
    const hear = (answer: Promise<unknown>) => answer.catch(({ message }) => void told.push(message))
    await f.step("a", () => 1)
    await hear(f.step("a", () => 2))
    await hear(f.step("b", 5 as never))
    await hear(f.sleep("c", "for ever" as never))
    await hear(f.sleep("d", Infinity as never))
    await hear(f.receive(5 as never))
    await hear(f.each("e", 7 as never, () => 1))
    await hear(f.each("k", [1, 1], () => 1, { key: String }))
    await hear(f.call("t", {} as never))
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.ended(run)
  expect(told).toMatchInlineSnapshot(`
    [
      "Cannot start "a": its name is already used in this attempt; give each child its own name, in a loop as \`page-\${n}\`",
      "Cannot use what step "b" runs: it is undefined. Use a function.",
      "Cannot use step "c": it cannot be followed: Its duration is not a duration. Use a string like "30 seconds" or milliseconds, not below 0, or "Infinity".",
      "Cannot use step "d": it is wrong: It sleeps forever. Wait for a signal instead: w.suspend, or receive in a flow.",
      "Cannot use what a node waits for: it is 5. Use a name, or what signal(…) gave.",
      "Cannot use the items of map "e": it is 7. Use a reference or a list.",
      "Its input cannot be made: two items have the key "1": keys name nodes and must differ",
      "Cannot use what is called as "t": it is not a task or workflow. Use what task(…) or workflow(…) gives.",
    ]
  `)
})

test("Signals for a flow are addressed by the name of the wait, beneath the node where it is nested; early ones are kept", async () => {
  const bed = new TestBed()
  const asks = flow("asks", { output: Schema.Boolean }, async (_, f) => (await f.receive(approval)).ok)
  const outer = workflow("outer", {}, (w) => w.node("order", asks))
  const pinnace = bed.open()
  const run = await bed.settle(pinnace.start(outer))
  await bed.until(async () => (await phases(run))["order/approval"] === "Running")
  expect(await run.why("order/approval")).toEqual([{
    path: "order/approval",
    because: "it waits for a signal with { ok: boolean }"
  }])
  expect((await bed.rejection(run.signal("order/approval", { ok: 1 }))).message).toContain("does not match its schema")
  await bed.settle(run.signal("order/approval", { ok: true }))
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(true)
  const later = flow("later", {}, async (_, f) => {
    await f.sleep("nap", "1 day")
    const { ok } = await f.receive(approval)
    const reminded = await f.receive(approval, { name: "reminder", duration: "1 day" })
    return [ok, reminded ?? null, await f.receive(approval, { name: "third", duration: 1, default: { ok: false } })]
  })
  const second = await bed.settle(pinnace.start(later))
  await bed.until(async () => (await phases(second))["nap"] === "Running")
  await bed.settle(second.signal(approval, { ok: false }))
  await bed.ended(second)
  expect(await bed.settle(second.result())).toEqual([false, null, { ok: false }])
})

test("A race between steps is decided once: after a crash the same one has won", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const bed = new TestBed(seed)
    const race = flow("race", {}, async (_, f) => {
      const won: Array<string> = []
      for (let n = 0; n < 4; n++) {
        const named = (name: string, millis: number) => f.step(name, () => Effect.as(Effect.sleep(millis), name))
        const rivals = [named(`a${n}`, 3), named(`b${n}`, 2 + (n % 2) * 2), f.sleep(`c${n}`, 3).then(() => `c${n}`)]
        won.push(await f.step(`after-${await Promise.race(rivals)}`, () => n).then(() => "x"))
      }
      return won.length
    })
    let pinnace = bed.open({ workflows: [race] })
    const run = await bed.settle(pinnace.start(race))
    for (let at = 3; at < 12; at += 3) {
      await bed.until(() => bed.events(run, "NodeFinished").length >= at)
      bed.crash(pinnace)
      pinnace = bed.open({ workflows: [race] })
    }
    const last = (await bed.settle(pinnace.get(run.id)))!
    await bed.ended(last)
    expect(await bed.settle(last.logs())).toEqual([])
    expect((await last.nodes()).filter(({ path }) => path.startsWith("after-"))).toHaveLength(4)
  }
})

test("now, random and uuid are recorded", async () => {
  const bed = new TestBed()
  const one = flow("one", {}, async (_, f) => {
    const [now, random, uuid] = [await f.now("began"), await f.random("dice"), await f.uuid("id")]
    await f.sleep("nap", "1 day")
    return { now, random, uuid, again: await f.now("ended") - now }
  })
  const begin = bed.now
  const { run } = await bed.play(one)
  const result = await bed.settle(run.result())
  expect(result).toMatchObject({ now: begin, again: 86_400_000, uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) })
})

test("A failed flow is retried from the step that ended it; a failure it went on after stays, what came later is done again", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  let broken = true
  const one = sum("one", async (f) => {
    const step = (name: string, work: () => number) =>
      f.step(name, () => {
        ran.push(name)
        return work()
      })
    const a = await step("a", () => 1)
    const caught = await step("shaky", () => {
      throw new Error("no")
    }).catch(() => 2)
    const c = await step("c", () => {
      if (broken) throw new Error("broken")
      return 4
    })
    return a + caught + c
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.ended(run)
  expect((await run.planRetry()).reset).toEqual([{ path: "c", why: "it ended Error" }])
  broken = false
  await bed.settle(run.retry())
  await bed.ended(run)
  expect(await bed.settle(run.result())).toBe(7)
  expect(ran).toEqual(["a", "shaky", "c", "c"])
  ran.length = 0
  await bed.settle(run.retry({ nodes: ["a"], restartSuccessful: true }))
  await bed.ended(run)
  expect(ran).toEqual(["a", "shaky", "c"])
})

test("A flow is forked from a step: those before it are kept, it and those that began after it ended run anew", async () => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const one = sum("one", async (f) => {
    let total = 0
    for (const name of ["a", "b", "c"]) {
      total += await f.step(name, () => {
        ran.push(name)
        return 1
      })
    }
    return total
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.ended(run)
  ran.length = 0
  const forked = await bed.settle(run.fork("b"))
  await bed.ended(forked)
  expect(await bed.settle(forked.result())).toBe(3)
  expect(ran).toEqual(["b", "c"])
})

test("A suspended flow begins nothing more; a node of a graph that is a flow can be retried with its policy", async () => {
  const bed = new TestBed()
  let tries = 0
  const shaky = sum("shaky", async (f) => {
    const n = await f.step("n", () => ++tries)
    if (n < 3) throw new Error(`not yet ${n}`)
    return n
  })
  const outer = workflow("outer", {}, (w) => w.node("shaky", shaky, { retry: { limit: 3 } }))
  const { run } = await bed.play(outer)
  expect(await bed.settle(run.result())).toBe(3)
  expect(Object.keys(await phases(run)).sort()).toEqual(["shaky", "shaky#2/n", "shaky#3/n", "shaky/n"])
  const two = flow("two", {}, async (_, f) => {
    await f.step("a", () => Effect.sleep("1 minute"))
    await f.step("b", () => 1)
  })
  const held = await bed.settle(bed.open().start(two))
  await bed.until(async () => (await phases(held))["a"] === "Running")
  await bed.settle(held.suspend())
  await bed.until(async () => (await phases(held))["a"] === "Succeeded")
  await bed.quiet()
  expect((await phases(held))["b"]).not.toBe("Succeeded")
  await bed.settle(held.resume())
  expect((await bed.ended(held)).phase).toBe("Succeeded")
})

test("F6 The ten-thousandth step costs what the first does, and so does finding it in the record: in a row, and side by side", async () => {
  const bodies = {
    inARow: async (f: FlowContext, many: number) => {
      for (let n = 0; n < many; n++) await f.step(`s${n}`, () => n)
    },
    sideBySide: async (f: FlowContext, many: number) => {
      await f.all(Array.from({ length: many }, (_, n) => f.step(`s${n}`, () => n)))
    }
  }
  for (const body of Object.values(bodies)) {
    /** What a life costs that comes to so many steps, and one that finds them in the record, in steps of the world. */
    const costOf = async (many: number): Promise<readonly [first: number, again: number, events: number]> => {
      const bed = new TestBed(7)
      const long = sum("long", async (f) => {
        await body(f, many)
        await f.sleep("rest", "1 day")
        return many
      })
      const first = bed.open({ workflows: [long] })
      const { id } = await bed.settle(first.start(long))
      const isThere = async () => (await phases((await first.get(id))!))["rest"] === "Running"
      await bed.until(isThere)
      const cost = bed.taken
      bed.crash(first)
      const second = bed.open({ workflows: [long] })
      const run = (await second.get(id))!
      await bed.settle(run.result())
      return [cost, bed.taken - cost, bed.events(run).length]
    }
    const [small, middle, large] = [await costOf(100), await costOf(400), await costOf(800)]
    for (const which of [0, 1, 2] as const) {
      const [before, after] = [(middle[which] - small[which]) / 300, (large[which] - middle[which]) / 400]
      expect(after).toBeGreaterThan(0)
      expect(after / before).toBeGreaterThan(0.8)
      expect(after / before).toBeLessThan(1.25)
    }
  }
})

test("Thousands of steps side by side are found in the record in their order, and those of a nested flow", async () => {
  const many = 2_000
  const ran: Array<number> = []
  const inner = sum("inner", async (f) => {
    const all = await f.all(Array.from({ length: many }, (_, n) =>
      f.step(`s${n}`, () => {
        ran.push(n)
        return n
      })))
    return all.length
  })
  const told: Array<string> = []
  const outer = sum("outer", async (f) => {
    const many = await f.call("inner", inner)
    told.push(`${many} told`)
    await f.sleep("rest", "1 day")
    return many
  })
  const bed = new TestBed()
  const first = bed.open({ workflows: [outer] })
  const { id } = await bed.settle(first.start(outer))
  await bed.until(async () => told.length === 1 && (await phases((await first.get(id))!))["rest"] === "Running")
  bed.crash(first)
  const second = bed.open({ workflows: [outer] })
  expect(await bed.settle((await second.get(id))!.result())).toBe(many)
  expect([ran.length, told]).toEqual([many, ["2000 told", "2000 told"]])
})
