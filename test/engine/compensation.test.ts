/** Compensation on virtual time: what is undone, when, in which order, and over crashes. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { check, type ExitInfo, flow, type RunHandle, Schema, task, workflow } from "../../mod.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { phases, play, TestBed } from "./TestBed.ts"

/** Tasks that note what they do and undo, and one that fails. */
const trip = (log: Array<string> = []) => {
  const book = (name: string) =>
    task(name, {
      input: { city: Schema.String },
      output: Schema.String,
      compensate: ({ cause, input, output }) => void log.push(`undo ${output} in ${input.city}: ${cause.reason}`),
      run: ({ city }) => {
        log.push(`${name} ${city}`)
        return `${name}!`
      }
    })
  const fail = task("pay", {
    run: () => {
      log.push("pay")
      throw new Error("no money")
    }
  })
  return { book, fail, hotel: book("hotel"), flight: book("flight"), log }
}

const input = { input: () => ({ city: "Oslo" }) } as const

describe("A run that fails", () => {
  it("U1 U3: undoes what its nodes did, the last first, with input and output", async () => {
    const { fail, flight, hotel, log } = trip()
    const { ending, run } = await new TestBed().play(workflow("trip", {}, (w) => {
      const first = w.node("hotel", hotel, input)
      const second = w.node("flight", flight, { ...input, after: [first] })
      w.node("pay", fail, { after: [second] })
    }))
    expect(log).toEqual([
      "hotel Oslo",
      "flight Oslo",
      "pay",
      "undo flight! in Oslo: ChildErrored",
      "undo hotel! in Oslo: ChildErrored"
    ])
    expect(await phases(run)).toEqual({
      hotel: "Succeeded",
      flight: "Succeeded",
      pay: "Error",
      "flight.compensate": "Succeeded",
      "hotel.compensate": "Succeeded"
    })
    expect(ending.message).toContain("no money")
  })

  it("U7: tells its exit handler how many were undone", async () => {
    const { fail, flight, hotel, log } = trip()
    const told: Array<ExitInfo["compensated"]> = []
    await play(workflow("trip", {}, (w) => {
      const nodes = [w.node("hotel", hotel, input), w.node("flight", flight, input)]
      w.node("pay", fail, { after: nodes })
      w.onExit(({ compensated }) => {
        log.push("exit")
        told.push(compensated)
      })
    }))
    expect(log.at(-1)).toBe("exit")
    expect(told).toEqual([{ done: 2, failed: 0, of: 2 }])
  })

  it("U6: undoes nothing when it succeeds, and nothing of what failed by itself", async () => {
    const { hotel, log } = trip()
    await play(workflow("trip", {}, (w) => void w.node("hotel", hotel, input)))
    const broken = task("broken", { compensate: () => void log.push("undo broken"), run: () => Promise.reject("no") })
    await play(workflow("other", {}, (w) => void w.node("broken", broken)))
    expect(log).toEqual(["hotel Oslo"])
  })

  it("undoes items of maps, nodes of nested workflows that succeeded, and children of bodies", async () => {
    const { book, fail, log } = trip()
    const inner = workflow(
      "inner",
      { input: { city: Schema.String } },
      (w) => w.node("room", book("room"), { input: w.input })
    )
    const outer = task("outer", { run: async (_, { call }) => void await call("car", book("car"), { city: "Rome" }) })
    const run = await play(workflow("trip", {}, (w) => {
      const items = w.map("seats", ["a", "b"], book("seat"), (city) => ({ city }), { concurrency: 1 })
      const nested = w.node("inner", inner, { ...input, after: [items] })
      const body = w.node("outer", outer, { after: [nested] })
      w.node("pay", fail, { after: [body] })
    }))
    expect(log.filter((it) => it.startsWith("undo"))).toEqual([
      "undo car! in Rome: ChildErrored",
      "undo room! in Oslo: ChildErrored",
      "undo seat! in b: ChildErrored",
      "undo seat! in a: ChildErrored"
    ])
    expect(await phases(run)).toMatchObject({
      "seats[0].compensate": "Succeeded",
      "inner/room.compensate": "Succeeded"
    })
  })

  it("tries again until it is undone, and says meanwhile why it goes on", async () => {
    const bed = new TestBed()
    let left = 3
    const hotel = task("hotel", {
      compensate: () => {
        if (left-- > 0) throw new Error("closed")
      },
      run: () => 1
    })
    const { fail } = trip()
    const definition = workflow("trip", {}, (w) => w.node("pay", fail, { after: [w.node("hotel", hotel)] }))
    const run = await bed.settle(bed.open().start(definition))
    await bed.until(async () => (await run.nodes()).some(({ waiting }) => waiting === "Retry"))
    expect((await run.why())[0]).toMatchObject({ path: "hotel.compensate" })
    await bed.ended(run)
    expect(bed.events(run, "AttemptFailed").map(({ delay }) => delay)).toEqual([1_000, 2_000, 4_000])
  })

  it("ends as CompensationFailed where something could not be undone, after the others", async () => {
    const { fail, hotel, log } = trip()
    const stuck = task("stuck", {
      compensate: { when: "succeeded", retry: { limit: 1 }, run: () => Promise.reject(new Error("never")) },
      run: () => 1
    })
    const { ending } = await new TestBed().play(workflow("trip", {}, (w) => {
      const first = w.node("hotel", hotel, input)
      const second = w.node("stuck", stuck, { after: [first] })
      w.node("pay", fail, { after: [second] })
    }))
    expect(ending).toMatchObject({ phase: "Failed", reason: "CompensationFailed" })
    expect(ending.message).toMatch(/no money.* What these nodes did could not be undone: stuck$/)
    expect(log.at(-1)).toContain("undo hotel!")
  })

  it("undoes what is in doubt only where that is asked for", async () => {
    const log: Array<string> = []
    const slow = {
      timeout: "1 minute",
      output: Schema.String,
      run: () => Effect.as(Effect.sleep("1 hour"), "")
    } as const
    const a = task("a", {
      ...slow,
      compensate: { when: "began", run: ({ output }) => void log.push(`undo a ${output}`) }
    })
    const b = task("b", { ...slow, compensate: ({ output }) => void log.push(`undo b ${output}`) })
    await play(workflow("trip", {}, (w) => {
      w.node("a", a)
      w.node("b", b)
    }))
    expect(log).toEqual(["undo a undefined"])
  })

  it("undoes an attempt that was cut off, although a later one failed by itself", async () => {
    const log: Array<string> = []
    const trying = (name: string, first: Effect.Effect<void>) =>
      task(name, {
        timeout: "1 minute",
        retry: { limit: 1 },
        compensate: { when: "began", run: () => void log.push(`undo ${name}`) },
        run: (_, { attempt }) => attempt === 1 ? first : Effect.die(new Error("no"))
      })
    await play(workflow("trip", {}, (w) => {
      w.node("slow", trying("slow", Effect.never))
      w.node("broken", trying("broken", Effect.die(new Error("no"))))
    }))
    expect(log).toEqual(["undo slow"])
    const bed = new TestBed()
    let lives = 0
    const crashing = task("crashing", {
      compensate: { when: "began", run: () => void log.push("undo crashing") },
      run: () => lives++ === 0 ? Effect.never : Effect.die(new Error("no"))
    })
    const one = workflow("one", {}, (w) => void w.node("crashing", crashing))
    const first = bed.open()
    const { id } = await bed.settle(first.start(one))
    await bed.until(() => lives === 1)
    bed.crash(first)
    await bed.ended((await bed.open({ workflows: [one] }).get(id))!)
    expect(log).toEqual(["undo slow", "undo crashing"])
  })

  it("gives the body of a compensation what bodies have: children, logs, services", async () => {
    const { fail, log } = trip()
    const cancel = task("cancel", { input: Schema.String, run: (id) => void log.push(`cancel ${id}`) })
    const hotel = task("hotel", {
      output: Schema.String,
      compensate: async ({ output }, { call }) => void await call("cancel", cancel, output),
      run: () => "h1"
    })
    const run = await play(workflow("trip", {}, (w) => w.node("pay", fail, { after: [w.node("hotel", hotel)] })))
    expect(log).toEqual(["pay", "cancel h1"])
    expect(await phases(run)).toMatchObject({ "hotel.compensate/cancel": "Succeeded" })
  })
})

describe("A nested workflow that fails", () => {
  it("U2: undoes itself at once, also when its parent goes on, and is not undone twice", async () => {
    const { book, fail, hotel, log } = trip()
    const inner = workflow("inner", {}, (w) => w.node("pay", fail, { after: [w.node("room", book("room"), input)] }))
    await play(workflow("trip", {}, (w) => {
      const first = w.node("inner", inner, { continueOn: { failed: true, error: true } })
      const second = w.node("hotel", hotel, { ...input, after: [first] })
      w.node("late", fail, { after: [second] })
    }))
    expect(log).toEqual([
      "room Oslo",
      "pay",
      "undo room! in Oslo: ChildErrored",
      "hotel Oslo",
      "pay",
      "undo hotel! in Oslo: ChildErrored"
    ])
  })

  it("undoes each attempt before the next one", async () => {
    const { book, fail, log } = trip()
    const inner = workflow(
      "inner",
      { retry: { limit: 1 } },
      (w) => w.node("pay", fail, { after: [w.node("room", book("room"), input)] })
    )
    await play(workflow("trip", {}, (w) => void w.node("inner", inner)))
    const once = ["room Oslo", "pay", "undo room! in Oslo: ChildErrored"]
    expect(log).toEqual([...once, ...once])
  })
})

describe("What undoes a node instead", () => {
  const notes = (log: Array<string>, what: string) => ({ output }: { readonly output: unknown }) =>
    void log.push(`${what} ${JSON.stringify(output)}`)

  it("U1: is what its node says, or its item, or its call, and not what its task says", async () => {
    const { book, fail, log } = trip()
    const caller = task("caller", {
      run: async (_, { call }) =>
        void await call("car", book("car"), { city: "Rome" }, { compensate: notes(log, "call") })
    })
    await play(workflow("trip", {}, (w) => {
      const hotel = w.node("hotel", book("hotel"), { ...input, compensate: notes(log, "node") })
      const seats = w.map("seats", ["a"], book("seat"), (city) => ({ city }), {
        after: [hotel],
        item: { compensate: notes(log, "item") }
      })
      w.node("pay", fail, { after: [w.node("caller", caller, { after: [seats] })] })
    }))
    expect(log.slice(-3)).toEqual(['call "car!"', 'item "seat!"', 'node "hotel!"'])
  })

  it("U1: a nested workflow that succeeded is undone as a whole, by its node or by itself", async () => {
    const { book, fail, log } = trip()
    const inner = (name: string, compensate?: ReturnType<typeof notes>) =>
      workflow(name, { output: Schema.String, ...(compensate === undefined ? {} : { compensate }) }, (w) => {
        const room = w.node("room", book("room"), input)
        return w.node("key", book("key"), { ...input, after: [room] })
      })
    const run = await play(workflow("trip", {}, (w) => {
      const byNode = w.node("by-node", inner("a"), { compensate: notes(log, "by node") })
      const byItself = w.node("by-itself", inner("b", notes(log, "by itself")), { after: [byNode] })
      const items = w.map("items", [1], inner("c", notes(log, "item")), () => undefined, { after: [byItself] })
      const kept = workflow("kept", { compensate: false }, (k) => k.node("room", book("room"), input))
      const last = w.map("kept", [1], kept, () => undefined, {
        after: [items],
        item: { compensate: notes(log, "although kept") }
      })
      w.node("pay", fail, { after: [last] })
    }))
    expect(log.slice(-4)).toEqual(['although kept "room!"', 'item "key!"', 'by itself "key!"', 'by node "key!"'])
    expect(Object.keys(await phases(run)).filter((path) => path.includes(".compensate")).toSorted()).toEqual([
      "by-itself.compensate",
      "by-node.compensate",
      "items[0].compensate",
      "kept[0].compensate"
    ])
  })

  it("U1: a nested workflow that did not succeed is undone node by node", async () => {
    const { book, fail, log } = trip()
    const inner = workflow(
      "inner",
      { compensate: { when: "began", run: () => void log.push("whole") } },
      (w) => w.node("pay", fail, { after: [w.node("room", book("room"), input)] })
    )
    await play(workflow("trip", {}, (w) => void w.node("inner", inner)))
    expect(log).toEqual(["room Oslo", "pay", "undo room! in Oslo: ChildErrored"])
  })

  it("U4: is known after a crash, for nodes, items and nested workflows", async () => {
    const bed = new TestBed()
    const { book, log } = trip()
    const inner = workflow("inner", { compensate: false }, (w) => w.node("room", book("room"), input))
    const definition = workflow("trip", {}, (w) => {
      const hotel = w.node("hotel", book("hotel"), { ...input, compensate: notes(log, "node") })
      const item = { compensate: notes(log, "item") }
      const items = w.map("items", [1], inner, () => undefined, { after: [hotel], item })
      const nested = w.node("nested", inner, { after: [items], compensate: notes(log, "nested") })
      w.suspend("rest", { after: [nested] })
    })
    const first = bed.open({ workflows: [definition] })
    const { id } = await bed.settle(first.start(definition))
    await bed.until(async () => (await (await first.get(id))!.nodes()).some(({ path }) => path === "rest"))
    bed.crash(first)
    const run = (await bed.open({ workflows: [definition] }).get(id))!
    await bed.settle(run.stop())
    await bed.ended(run)
    expect(log.slice(-3)).toEqual(['nested "room!"', 'item "room!"', 'node "hotel!"'])
  })

  it("U4: what a graph of a value did is undone after a crash, graphs within it included", async () => {
    const bed = new TestBed()
    const { book, log } = trip()
    const names = task("names", { output: Schema.Array(Schema.String), run: () => ["a", "b"] })
    const kept = workflow("kept", { compensate: false }, (w) => void w.node("room", book("kept"), input))
    const definition = workflow("trip", {}, (w) => {
      const made = w.expand("made", w.node("names", names), (found, g) => {
        const first = g.node("first", book("first"), input)
        g.expand("inner", g.node("more", names, { after: [first] }), (_, h) => void h.node("room", book("room"), input))
        g.map("seats", found, book("seat"), (city) => ({ city }), { concurrency: 1, after: [first] })
        g.node("kept", kept)
      })
      w.suspend("rest", { after: [made] })
    })
    const first = bed.open({ workflows: [definition] })
    const { id } = await bed.settle(first.start(definition))
    await bed.until(async () => (await (await first.get(id))!.nodes()).some(({ path }) => path === "rest"))
    bed.crash(first)
    const run = (await bed.open({ workflows: [definition] }).get(id))!
    await bed.settle(run.stop())
    expect((await bed.ended(run)).reason).toBe("Stopped")
    const undone = log.filter((it) => it.startsWith("undo")).map((it) => it.split(":")[0])
    expect(undone.toSorted()).toEqual([
      "undo first! in Oslo",
      "undo room! in Oslo",
      "undo seat! in a",
      "undo seat! in b"
    ])
    expect(undone.at(-1)).toBe("undo first! in Oslo")
  })

  it("U4: is undone after a retry whose process died", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    const seat = task("seat", { compensate: () => void log.push("undo"), run: () => 1 })
    const definition = workflow("trip", {}, (w) => {
      const seats = w.map("seats", [1, 2], seat)
      const rest = w.suspend("rest", { after: [seats], duration: "1 hour" })
      w.node("pay", task("pay", { run: () => Promise.reject(new Error("no")) }), { after: [rest] })
    })
    const first = bed.open({ workflows: [definition] })
    const { id, run } = await bed.settle(first.start(definition)).then((run) => ({ id: run.id, run }))
    await bed.ended(run)
    let commits = 0
    bed.disk.fault = () => ++commits === 4 ? { when: "after", what: "kill" } : undefined
    run.retry().catch(() => {})
    await bed.until(() => bed.isDead(first))
    bed.disk.fault = undefined
    const again = (await bed.open({ workflows: [definition] }).get(id))!
    expect((await bed.ended(again)).reason).toBe("ChildErrored")
    expect(log).toEqual(["undo", "undo", "undo", "undo"])
  })

  it("is refused where nothing can be undone as a whole", () => {
    const undo = { compensate: () => {} }
    const { hotel } = trip()
    const odd = workflow("odd", {}, (w) => {
      w.map("seats", ["a"], hotel, (city) => ({ city }), undo as never)
      w.suspend("rest", undo as never)
    })
    expect(check(odd).map(({ code, path }) => `${path} ${code}`)).toEqual([
      "odd/rest invalid-compensation",
      "odd/seats invalid-compensation"
    ])
    const never = { when: "succeeded", retry: { limit: -1 }, run: () => {} } as const
    const node = workflow("odd", {}, (w) => void w.node("hotel", hotel, { ...input, compensate: never }))
    const nested = workflow("odd", {}, (w) => void w.node("in", workflow("in", { compensate: never }, () => {})))
    for (const one of [node, nested]) expect(check(one)[0]?.message).toContain("compensate: Its retry policy")
  })
})

describe("A run that has ended", () => {
  const noted = (log: Array<string>, name: string, undo: () => unknown = () => {}) =>
    task(name, {
      compensate: {
        when: "succeeded",
        retry: { limit: 0 },
        run: ({ cause }) => {
          log.push(`undo ${name}: ${cause.reason}`)
          return undo() as void
        }
      },
      run: () => name
    })

  it("U1 U6: is undone when that is asked, also where it succeeded, once, and without handlers", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const { run } = await bed.play(workflow("trip", {}, (w) => {
      const inner = workflow("inner", {}, (i) => void i.node("room", noted(log, "room")))
      const first = w.node("hotel", noted(log, "hotel"))
      w.node("inner", inner, { after: [first], onExit: () => void log.push("exit of inner") })
      w.on("failed", () => void log.push("hook"))
      w.onExit(() => void log.push("exit"))
    }))
    log.length = 0
    expect(await undoneAsPlanned(bed, run)).toEqual({ undo: ["inner/room", "hotel"] })
    expect(await bed.ended(run)).toMatchObject({
      phase: "Failed",
      reason: "Terminated",
      message: "What it did was undone"
    })
    expect(log).toEqual(["undo room: Terminated", "undo hotel: Terminated"])
    await expect(bed.settle(run.compensate())).rejects.toThrow("nothing is left to be undone")
    await bed.settle(run.retry())
    expect((await bed.ended(run)).phase).toBe("Succeeded")
  })

  it("U5: is undone after a terminate that undid nothing, what a retry had kept included", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const definition = workflow("trip", {}, (w) => {
      const rest = w.suspend("rest", { after: [w.node("hotel", noted(log, "hotel"))] })
      const flight = w.node("flight", noted(log, "flight"), { after: [rest] })
      w.suspend("more", { after: [flight] })
    })
    const run = await bed.settle(bed.open().start(definition))
    const waits = (path: string) =>
      bed.until(async () => (await run.nodes()).some((it) => it.path === path && it.waiting === "Signal"))
    await waits("rest")
    await bed.settle(run.terminate())
    await bed.ended(run)
    await bed.settle(run.retry())
    await waits("rest")
    await bed.settle(run.signal("rest", null))
    await waits("more")
    await bed.settle(run.terminate())
    await bed.ended(run)
    await undoneAsPlanned(bed, run)
    expect((await bed.ended(run)).reason).toBe("Terminated")
    expect(log).toEqual(["undo flight: Terminated", "undo hotel: Terminated"])
  })

  it("U1: only what could not be undone is tried again, and a crash meanwhile changes nothing", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    let isOpen = false
    const definition = workflow("trip", {}, (w) => {
      const first = w.node("hotel", noted(log, "hotel", () => isOpen ? undefined : Promise.reject(new Error("closed"))))
      const second = w.node("flight", noted(log, "flight"), { after: [first] })
      w.node("pay", trip().fail, { after: [second] })
    })
    const first = bed.open({ workflows: [definition] })
    const run = await bed.settle(first.start(definition))
    expect((await bed.ended(run)).reason).toBe("CompensationFailed")
    isOpen = true
    log.length = 0
    let commits = 0
    bed.disk.fault = () => ++commits === 3 ? { when: "after", what: "kill" } : undefined
    run.compensate().catch(() => {})
    await bed.until(() => bed.isDead(first))
    bed.disk.fault = undefined
    const again = (await bed.open({ workflows: [definition] }).get(run.id))!
    expect((await bed.ended(again)).reason).toBe("ChildErrored")
    expect(new Set(log)).toEqual(new Set(["undo hotel: ChildErrored"]))
    expect(await phases(again)).toMatchObject({ "hotel.compensate": "Succeeded", "flight.compensate": "Succeeded" })
  })

  it("a flow is undone, too: its body is asked which steps there were", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const definition = flow("trip", {}, async (_, f) => {
      await f.step("hotel", { compensate: () => void log.push("undo hotel"), run: () => void log.push("hotel") })
      await f.step("flight", () => void log.push("flight"))
    })
    const first = bed.open({ workflows: [definition] })
    const run = await bed.settle(first.start(definition))
    await bed.ended(run)
    bed.crash(first)
    const again = (await bed.settle(bed.open({ workflows: [definition] }).get(run.id)))!
    expect(await undoneAsPlanned(bed, again)).toEqual({ undo: ["hotel"] })
    await bed.ended(again)
    expect(log).toEqual(["hotel", "flight", "undo hotel"])
  })

  it("U4: a flow that was told to stop before its process died is undone by the next one", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const step = (name: string) => ({ compensate: () => void log.push(`undo ${name}`), run: () => name })
    const inner = flow("inner", {}, async (_, f) => {
      await f.step("room", step("room"))
      await f.sleep("rest", "1 day")
    })
    const definition = flow("trip", {}, async (_, f) => {
      await f.step("hotel", step("hotel"))
      await f.call("inner", inner)
    })
    const first = bed.open({ workflows: [definition] })
    const run = await bed.settle(first.start(definition))
    await bed.until(async () =>
      (await run.nodes()).some(({ path, waiting }) => path === "inner/rest" && waiting !== null)
    )
    bed.disk.fault = ({ writes }) =>
      writes.some((it) => it.kind === "event" && it.row.type === "RunStopping")
        ? { when: "after", what: "kill" }
        : undefined
    run.stop().catch(() => {})
    await bed.until(() => bed.isDead(first))
    bed.disk.fault = undefined
    const again = (await bed.open({ workflows: [definition] }).get(run.id))!
    expect((await bed.ended(again)).reason).toBe("Stopped")
    expect(log).toEqual(["undo room", "undo hotel"])
  })

  it("tells beforehand what is undone, and why the rest stays", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const inner = workflow("inner", { compensate: () => void log.push("undo inner") }, (w) => {
      w.node("room", noted(log, "room"))
    })
    const definition = workflow("trip", {}, (w) => {
      const hotel = w.node("hotel", noted(log, "hotel"))
      const whole = w.node("inner", inner, { after: [hotel] })
      const mail = w.node("mail", task("mail", { run: () => 1 }), { after: [whole] })
      w.node("pay", trip().fail, { after: [mail] })
      w.onExit(() => {})
    })
    const run = await bed.settle(bed.open().start(definition))
    await bed.ended(run)
    expect(await bed.settle(run.planCompensation().catch((error: Error) => error.message))).toEqual({
      undo: [],
      skip: [
        { path: "hotel", why: "it is undone already" },
        { path: "inner", why: "it is undone already" },
        { path: "inner/room", why: "it is left to what undoes inner" },
        { path: "mail", why: "it does not say how" },
        { path: "pay", why: "it did nothing that is known to last" }
      ]
    })
  })

  it("is left as it is while it is open, and where nothing of it can be undone", async () => {
    const bed = new TestBed()
    const plain = workflow("plain", {}, (w) => void w.node("a", task("a", { run: () => 1 })))
    const { run } = await bed.play(plain)
    await expect(bed.settle(run.compensate())).rejects.toThrow(`Cannot compensate run ${run.id}: nothing is left`)
    expect((await run.status()).phase).toBe("Succeeded")
    const open = await bed.settle(bed.open().start(workflow("open", {}, (w) => void w.suspend("rest"))))
    await expect(bed.settle(open.compensate())).rejects.toThrow("terminate it with compensate")
  })
})

/** Undoes a run, which is what was planned. */
const undoneAsPlanned = async (bed: TestBed, run: RunHandle<unknown>) => {
  const { undo } = await bed.settle(run.planCompensation())
  const done = await bed.settle(run.compensate())
  expect(done).toEqual({ undo })
  return done
}

/** A trip that waits after its first node. */
const waiting = (log: Array<string>, undo: () => unknown = () => {}) => {
  const hotel = task("hotel", {
    compensate: () => {
      log.push("undo")
      return undo() as void
    },
    run: () => 1
  })
  return workflow("waiting", { timeout: "1 hour" }, (w) => {
    w.suspend("rest", { after: [w.node("hotel", hotel)], duration: "1 day" })
    w.onExit(() => void log.push("exit"))
  })
}

describe("Other ends", () => {
  it("a stop and a timeout undo, before the exit handler", async () => {
    for (const how of ["stop", "timeout"]) {
      const bed = new TestBed()
      const log: Array<string> = []
      const run = await bed.settle(bed.open().start(waiting(log)))
      await bed.until(async () => (await run.nodes()).some(({ path }) => path === "rest"))
      if (how === "stop") await bed.settle(run.stop())
      expect((await bed.ended(run)).reason).toBe(how === "stop" ? "Stopped" : "Timeout")
      expect(log).toEqual(["undo", "exit"])
    }
  })

  it("a terminate undoes nothing", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    const run = await bed.settle(bed.open().start(waiting(log)))
    await bed.until(async () => (await run.nodes()).some(({ path }) => path === "rest"))
    await bed.settle(run.terminate())
    expect((await bed.ended(run)).reason).toBe("Terminated")
    expect(log).toEqual([])
  })

  it("U5: a terminate ends what is being undone, a stop does not", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    const run = await bed.settle(bed.open().start(waiting(log, () => Effect.sleep("1 hour"))))
    await bed.until(async () => (await run.nodes()).some(({ path }) => path === "rest"))
    await bed.settle(run.stop())
    await bed.until(() => log.length === 1)
    await bed.settle(run.stop()).catch(() => undefined)
    expect((await run.status()).phase).toBe("Running")
    await bed.settle(run.terminate())
    expect(await bed.ended(run)).toMatchObject({ phase: "Failed", reason: "Terminated" })
    expect(log).toEqual(["undo"])
    expect(await phases(run)).toMatchObject({ "hotel.compensate": "Failed" })
  })
})

describe("A terminate while it is undone", () => {
  const stuck = (log: Array<string>, inParallel: boolean) => {
    const held = (name: string) =>
      task(name, {
        compensate: {
          when: "began",
          retry: { limit: 3, backoff: "1 hour" },
          run: () => {
            log.push(name)
            throw new Error("no line")
          }
        },
        run: () => 1
      })
    const inner = workflow("inner", inParallel ? { compensate: "parallel" } : {}, (w) => {
      const done = ["a", "b"].map((name) => w.node(name, held(name)))
      w.node("pay", task("pay", { run: () => Promise.reject(new Error("no money")) }), { after: done })
    })
    return workflow("outer", {}, (w) => void w.node("inner", inner))
  }

  it.each([false, true])(
    "U1: each compensation has one end, before that of its scope; in parallel: %s",
    async (inParallel) => {
      for (let seed = 1; seed <= 20; seed++) {
        const log: Array<string> = []
        const bed = new TestBed(seed)
        const flow = stuck(log, inParallel)
        const first = bed.open({ workflows: [flow] })
        const { id } = await bed.settle(first.start(flow))
        await bed.until(() => log.length > 0)
        bed.steps(seed)
        if (seed % 2 === 0) bed.crash(first)
        const process = seed % 2 === 0 ? bed.open({ workflows: [flow] }) : first
        const run = (await bed.settle(process.get(id)))!
        await bed.until(() => log.length > (seed % 2 === 0 ? 1 : 0))
        await bed.settle(run.terminate())
        await bed.ended(run)
        const ends = bed.events(run).flatMap((event) => event.type === "NodeFinished" ? [event.path] : [])
        expect(new Set(ends).size, `seed ${seed}: ${ends}`).toBe(ends.length)
        expect(ends.at(-1), `seed ${seed}`).toBe("inner")
        expect(bed.events(run).at(-1)?.type, `seed ${seed}`).toBe("RunFinished")
        expect(bed.violations(run), `seed ${seed}`).toEqual([])
      }
    }
  )
})

describe("A terminate that undoes", () => {
  const wait = (name: string, log: Array<string>) =>
    task(name, {
      compensate: {
        when: "began",
        run: ({ cause, output }) => void log.push(`undo ${name} ${output}: ${cause.reason}`)
      },
      run: async (_, { signal }) => {
        log.push(name)
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut"))))
      }
    })

  /** One that has ended, one that runs, an exit handler of its own for each and for the run. */
  const scene = (log: Array<string>) => {
    const { hotel } = trip(log)
    return workflow("trip", {}, (w) => {
      const room = w.node("hotel", hotel, input)
      w.node("wait", wait("wait", log), {
        after: [room],
        onExit: () => void log.push("exit of wait"),
        hooks: { failed: () => void log.push("hook") }
      })
      w.onExit(() => void log.push("exit"))
    })
  }

  it("U5: cuts what runs, undoes it, and runs no exit handler and no hook", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const run = await bed.settle(bed.open().start(scene(log)))
    await bed.until(() => log.includes("wait"))
    const { message } = await bed.settle(run.terminate({ compensate: true, message: "enough" }))
    expect(message).toBe(`Run ${run.id} is terminating; what it did is undone first`)
    const ending = await bed.settle(run.ending())
    expect(ending).toMatchObject({ phase: "Failed", reason: "Terminated", message: expect.stringContaining("enough") })
    expect(log).toEqual(["hotel Oslo", "wait", "undo wait undefined: Terminated", "undo hotel! in Oslo: Terminated"])
    expect(bed.violations(run)).toEqual([])
  })

  it("U5: is asked for once; a stop after it changes nothing, and a plain terminate ends what is being undone", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const held = task("held", {
      compensate: async (_, { signal }) => {
        log.push("undoing")
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut"))))
      },
      run: () => {}
    })
    const stays = workflow("trip", {}, (w) => {
      const first = w.node("held", held)
      w.suspend("rest", { after: [first] })
    })
    const run = await bed.settle(bed.open().start(stays))
    await bed.quiet()
    await bed.settle(run.terminate({ compensate: true }))
    await bed.until(() => log.includes("undoing"))
    for (const again of [run.terminate({ compensate: true }), run.stop()]) {
      expect((await bed.settle(again)).message).toContain("is already being terminated; what it did is undone first")
    }
    await bed.settle(run.terminate())
    expect(await bed.settle(run.ending())).toMatchObject({ phase: "Failed", reason: "Terminated" })
    expect(bed.violations(run)).toEqual([])
  })

  it("U5: is refused once the main part has succeeded, and goes on with what is being undone already", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const pinnace = bed.open()
    const last = () => new Promise<void>(() => void log.push("last"))
    const well = workflow("good", {}, (w) => {
      w.node("done", task("done", { run: () => {} }))
      w.onExit(last)
    })
    const good = await bed.settle(pinnace.start(well))
    await bed.until(() => log.includes("last"))
    const { message } = await bed.rejection(good.terminate({ compensate: true }))
    expect(message).toContain("its main part has succeeded")
    await bed.settle(good.terminate())
    const { fail, hotel } = trip(log)
    const badly = workflow("bad", {}, (w) => {
      const room = w.node("hotel", hotel, input)
      w.node("pay", fail, { after: [room] })
      w.onExit(last)
    })
    const bad = await bed.settle(pinnace.start(badly))
    await bed.until(() => log.filter((it) => it === "last").length === 2)
    await bed.settle(bad.terminate({ compensate: true }))
    expect(await bed.settle(bad.ending())).toMatchObject({ phase: "Error", reason: "ChildErrored" })
    expect(log.filter((it) => it.startsWith("undo"))).toHaveLength(1)
    expect(bed.violations(bad)).toEqual([])
  })

  it("U2: a nested workflow that is being undone is undone once", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const { fail } = trip(log)
    let ends = (): void => {}
    const slow = task("slow", {
      compensate: () => {
        log.push("undoing")
        return new Promise<void>((resolve) => void (ends = resolve))
      },
      run: () => {}
    })
    const inner = workflow("inner", {}, (w) => {
      const first = w.node("slow", slow)
      w.node("pay", fail, { after: [first] })
    })
    const outer = workflow("outer", {}, (w) => {
      w.node("inner", inner)
      w.node("wait", wait("wait", log))
    })
    const run = await bed.settle(bed.open().start(outer))
    await bed.until(() => log.includes("undoing"))
    await bed.settle(run.terminate({ compensate: true }))
    await bed.quiet()
    ends()
    expect(await bed.settle(run.ending())).toMatchObject({ phase: "Error", reason: "ChildErrored" })
    expect(log.filter((it) => it === "undoing")).toHaveLength(1)
    expect(await phases(run)).toMatchObject({ "inner/slow.compensate": "Succeeded", "wait.compensate": "Succeeded" })
    expect(bed.violations(run)).toEqual([])
  })

  it("U4 U5: leaves the rest to the next process, at whichever commit the first one dies", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const log: Array<string> = []
      const bed = new TestBed(seed)
      const random = makeRandom(seed)
      const flow = scene(log)
      const first = bed.open({ workflows: [flow] })
      const { id } = await bed.settle(first.start(flow))
      await bed.until(() => log.includes("wait"))
      void (await bed.settle(first.get(id)))!.terminate({ compensate: true }).catch(() => {})
      bed.steps(Math.floor(random() * 80))
      bed.crash(first)
      const second = bed.open({ workflows: [flow] })
      await bed.quiet()
      const run = (await bed.settle(second.get(id)))!
      if ((await bed.settle(run.status())).phase === "Running") await bed.settle(run.terminate({ compensate: true }))
      expect(await bed.settle(run.ending()), `seed ${seed}`).toMatchObject({ phase: "Failed", reason: "Terminated" })
      expect(await phases(run)).toMatchObject({ "hotel.compensate": "Succeeded", "wait.compensate": "Succeeded" })
      expect(log.some((it) => it.startsWith("exit")), `seed ${seed}: ${log}`).toBe(false)
      expect(bed.violations(run), `seed ${seed}`).toEqual([])
    }
  })
})

describe("In parallel", () => {
  it("U3: what worked side by side is undone side by side, and nothing before what has read it", async () => {
    const log: Array<string> = []
    const bed = new TestBed()
    const began = bed.now
    const note = (what: string) => void log.push(`${what} at ${(bed.now - began) / 60_000}`)
    const book = (name: string) =>
      task(name, {
        input: Schema.Number,
        output: Schema.Number,
        compensate: () => {
          note(`undo ${name}`)
          return Effect.sleep("10 minutes")
        },
        run: (n) => Effect.as(Effect.sleep(`${n} minutes`), n)
      })
    const { fail } = trip()
    const definition = workflow("trip", { compensate: "parallel" }, (w) => {
      const first = w.node("first", book("first"), { input: 1 })
      const left = w.node("left", book("left"), { input: first })
      const right = w.node("right", book("right"), { input: 2, after: [first] })
      const both = w.node("both", book("both"), { input: 1, after: [left, right] })
      w.node("pay", fail, { after: [both] })
    })
    const run = await bed.settle(bed.open().start(definition))
    expect((await bed.ended(run)).phase).toBe("Error")
    expect(log.map((it) => it.replace(/ at .*/, "")).toSorted()).toEqual([
      "undo both",
      "undo first",
      "undo left",
      "undo right"
    ])
    const when = (name: string) => Number(/at (.*)/.exec(log.find((it) => it.startsWith(`undo ${name} `))!)![1])
    expect([when("left") - when("both"), when("right") - when("left"), when("first") - when("right")]).toEqual([
      10,
      0,
      10
    ])
  })
})

describe("While it is undone", () => {
  it("a run says so, once, also after a crash, and no more when it has ended", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    let works = false
    const undo = (): void => {
      if (!works) throw new Error("no line")
    }
    const first = bed.open()
    const run = await bed.settle(first.start(waiting(log, undo), undefined, { id: "it" }))
    await bed.until(async () => (await run.nodes()).some(({ path }) => path === "rest"))
    expect((await run.status()).reason).toBeUndefined()
    await bed.settle(run.stop())
    await bed.until(() => log.length === 1)
    expect(await run.status()).toMatchObject({ phase: "Running", reason: "Compensating" })
    await bed.until(async () => (await run.nodes()).some(({ waiting }) => waiting === "Retry"))
    expect((await bed.settle(run.why()))[0]).toMatchObject({ path: "hotel.compensate" })
    bed.crash(first)
    works = true
    const next = bed.open({ workflows: [waiting(log, undo)] })
    const again = (await bed.settle(next.get("it")))!
    expect(await bed.ended(again)).toMatchObject({ phase: "Failed", reason: "Stopped" })
    expect(bed.events(again).filter(({ type }) => type === "RunCompensating")).toHaveLength(1)
    expect((await again.status()).reason).toBe("Stopped")
  })

  it("a nested workflow that undoes itself does not make it the state of the run", async () => {
    const { book, fail } = trip()
    const inner = workflow("inner", {}, (w) => w.node("pay", fail, { after: [w.node("room", book("room"), input)] }))
    const { bed, run } = await new TestBed().play(workflow("trip", {}, (w) => {
      w.node("inner", inner, { continueOn: { failed: true, error: true } })
    }))
    expect(bed.events(run).some(({ type }) => type === "RunCompensating")).toBe(false)
  })
})

describe("Afterwards", () => {
  it("U8: a retry does again what was undone, and what has read it", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    let fails = true
    const hotel = task("hotel", {
      output: Schema.Number,
      compensate: ({ output }) => void log.push(`undo ${output}`),
      run: () => log.push("hotel")
    })
    const look = task("look", { input: Schema.Number, run: (n) => void log.push(`look at ${n}`) })
    const pay = task("pay", {
      run: () => {
        if (fails) throw new Error("no money")
      }
    })
    const pinnace = bed.open()
    const definition = workflow("trip", {}, (w) => {
      const hotelNode = w.node("hotel", hotel)
      const lookNode = w.node("look", look, { input: hotelNode })
      w.node("pay", pay, { after: [lookNode] })
    })
    const { run } = await bed.play(definition, undefined, pinnace)
    expect(log).toEqual(["hotel", "look at 1", "undo 1"])
    const plan = await bed.settle(run.planRetry())
    expect(plan.reset).toContainEqual({ path: "hotel", why: "it was undone" })
    await bed.settle(run.retry())
    await bed.ended(run)
    expect(log.slice(3)).toEqual(["hotel", "look at 4", "undo 4"])
    fails = false
    await bed.settle(run.retry())
    expect((await bed.ended(run)).phase).toBe("Succeeded")
    expect(log.slice(6)).toEqual(["hotel", "look at 7"])
  })

  it("what a run was given of another one, or of what is remembered, is not undone", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    const hotel = task("hotel", {
      compensate: () => void log.push("undo"),
      cache: { version: 1 },
      run: () => log.push("hotel")
    })
    const { fail } = trip()
    const good = workflow("good", {}, (w) => w.node("hotel", hotel))
    const bad = workflow("bad", {}, (w) => w.node("pay", fail, { after: [w.node("hotel", hotel)] }))
    const pinnace = bed.open({ cache: { default: "use" } })
    await bed.play(good, undefined, pinnace)
    await bed.play(bad, undefined, pinnace)
    expect(log).toEqual(["hotel"])
  })
})

/** A random graph whose last node fails; each node notes what it undoes. */
const random = (seed: number) => {
  const chance = makeRandom(seed)
  const edges: Array<ReadonlyArray<number>> = []
  for (let at = 0; at < 6; at++) edges.push(Array.from({ length: at }, (_, to) => to).filter(() => chance() < 0.4))
  const undone: Array<number> = []
  const definition = workflow("random", {}, (w) => {
    const nodes: Array<ReturnType<typeof w.suspend>> = []
    for (const [at, above] of edges.entries()) {
      const one = task(`n${at}`, {
        compensate: () => void undone.push(at),
        run: () => Effect.sleep(1 + Math.floor(chance() * 50))
      })
      nodes.push(w.node(`n${at}`, one, { after: above.map((it) => nodes[it]!) }) as never)
    }
    w.node("fails", task("fails", { run: () => Promise.reject(new Error("no")) }), { after: nodes })
    w.onExit(() => {})
  })
  return { definition, edges, undone }
}

/** What is broken of the order in which nodes were undone. */
const disorder = (edges: ReadonlyArray<ReadonlyArray<number>>, undone: ReadonlyArray<number>) =>
  edges.flatMap((above, at) => above.filter((it) => undone.lastIndexOf(it) < undone.indexOf(at)))

describe("In any graph", () => {
  it("U3: nothing is undone before what comes after it", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { definition, edges, undone } = random(seed)
      await new TestBed(seed).play(definition)
      expect(undone.toSorted()).toEqual([0, 1, 2, 3, 4, 5])
      expect(disorder(edges, undone)).toEqual([])
    }
  })

  it("U4: a crash at any commit leaves the rest to the next process", async () => {
    const { edges } = random(7)
    for (let at = 1; at <= 60; at++) {
      const bed = new TestBed(at)
      const crashing = random(7)
      let commits = 0
      bed.disk.fault = () =>
        ++commits === at ? { when: at % 2 === 0 ? "before" : "after", what: "kill" } as const : undefined
      const first = bed.open({ workflows: [crashing.definition] })
      first.start(crashing.definition, undefined, { id: "r" }).catch(() => undefined)
      await bed.until(() => bed.isDead(first) || bed.disk.runs.size > 0 && bed.isIdle).catch(() => undefined)
      bed.disk.fault = undefined
      const second = bed.open({ workflows: [crashing.definition] })
      const run = await second.get("r")
      if (run === undefined) continue
      const ending = await bed.ended(run)
      expect(ending.reason).toBe("ChildErrored")
      const done = bed.events(run, "NodeFinished").filter(({ path }) => path.endsWith(".compensate"))
      expect(done.map(({ ending, path }) => `${path} ${ending.phase}`).toSorted()).toEqual(
        [0, 1, 2, 3, 4, 5].map((it) => `n${it}.compensate Succeeded`)
      )
      const order = done.map(({ path }) => Number(path[1]))
      expect(disorder(edges, order)).toEqual([])
    }
  })

  it("U4: what a body called before it ended and a crash came is not lost unseen", async () => {
    const bed = new TestBed()
    const car = task("car", { compensate: () => {}, run: () => 1 })
    const outer = task("outer", { run: async (_, { call }) => void await call("car", car) })
    const { fail } = trip()
    const definition = workflow("trip", {}, (w) => {
      const rest = w.suspend("rest", { after: [w.node("outer", outer)], duration: "1 hour" })
      w.node("pay", fail, { after: [rest] })
    })
    const first = bed.open({ workflows: [definition] })
    const { id } = await bed.settle(first.start(definition))
    await bed.until(async () => (await (await first.get(id))!.nodes()).some(({ path }) => path === "rest"))
    bed.crash(first)
    const run = (await bed.open({ workflows: [definition] }).get(id))!
    const ending = await bed.ended(run)
    expect(ending.reason).toBe("CompensationFailed")
    expect(ending.message).toContain("outer/car")
  })

  it("U4: a body that is undone itself answers for what it called before a crash", async () => {
    const bed = new TestBed()
    const log: Array<string> = []
    const child = task("child", { compensate: () => void log.push("undo child"), run: () => {} })
    const body = task("body", {
      compensate: () => void log.push("undo body"),
      run: async (_: void, { call }) => await call("child", child)
    })
    const pay = task("pay", { run: () => Effect.andThen(Effect.sleep("1 hour"), Effect.die(new Error("no"))) })
    const both = workflow("both", {}, (w) => void w.node("pay", pay, { after: [w.node("body", body)] }))
    const first = bed.open({ workflows: [both] })
    const { id } = await bed.settle(first.start(both))
    await bed.until(async () => (await phases((await first.get(id))!))["pay"] === "Running")
    bed.crash(first)
    const run = (await bed.open({ workflows: [both] }).get(id))!
    expect((await bed.ended(run)).reason).toBe("ChildErrored")
    expect(log).toEqual(["undo body"])
  })

  it("is refused where its retry policy makes no sense", async () => {
    for (const retry of [{ limit: NaN }, { backoff: "soon" }, 3.5]) {
      const compensate = { when: "succeeded", retry: retry as never, run: () => {} } as const
      const odd = workflow("odd", {}, (w) => void w.node("n", task("n", { compensate, run: () => {} })))
      const error = await new TestBed().open().start(odd).then(() => undefined, (error) => error)
      expect(error?.message).toContain("n.compensate: Its retry policy cannot be used")
    }
  })
})
