/** Permits through the public API: limits hold, waiting says why, every end frees. */
import { writeFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import {
  limitFromEnv,
  limitFromFile,
  type LimitSource,
  LimitUnavailable,
  mutex,
  open,
  Schema,
  semaphore,
  storedLimit,
  task,
  workflow
} from "../../mod.ts"

/** Bodies that stay open until they are let go, and how many were open at once. */
const makeGate = () => {
  const waiting: Array<() => void> = []
  const arrivals: Array<() => void> = []
  const gate = { open: 0, most: 0, entered: 0 }
  const enter = async (signal: AbortSignal): Promise<string> => {
    gate.most = Math.max(gate.most, ++gate.open)
    gate.entered++
    arrivals.splice(0).forEach((tell) => tell())
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      signal.addEventListener("abort", () => resolve())
    })
    gate.open--
    return "done"
  }
  const arrived = async (many: number): Promise<void> => {
    while (gate.entered < many) await new Promise<void>((resolve) => arrivals.push(resolve))
  }
  return { gate, enter, arrived, letGo: () => waiting.splice(0).forEach((go) => go()) }
}

test("A semaphore bounds how many nodes work at once, across runs", async () => {
  const { arrived, enter, gate, letGo } = makeGate()
  const api = semaphore("api", { limit: 3 })
  const work = task("work", { permits: [api.take()], run: (_, { signal }) => enter(signal) })
  const many = workflow("many", {}, (w) => void w.map("m", [1, 2, 3, 4], work, () => undefined))
  await using pinnace = await open(":memory:")
  const runs = [await pinnace.start(many), await pinnace.start(many)]
  for (let round = 3; round <= 9; round += 3) {
    await arrived(Math.min(round, 8))
    letGo()
  }
  for (const run of runs) expect((await run.ending()).phase).toBe("Succeeded")
  expect(gate.most).toBe(3)
  expect(await pinnace.locks()).toMatchObject([{ name: "api", limit: 3, held: 0, holders: [], queue: [] }])
})

test("The record tells which permits a node holds as it begins, also at its next attempt", async () => {
  const [api, disk] = [semaphore("api", { limit: 3 }), mutex("disk")]
  const work = task("work", {
    permits: [api.take(2), disk.take()],
    retry: { limit: 1 },
    run: (_, { attempt }) => {
      if (attempt === 1) throw new Error("not yet")
    }
  })
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(workflow("it", {}, (w) => {
    w.node("plain", task("plain", { run: () => {} }))
    w.node("work", work)
  }))
  await run.result()
  const takes: Array<unknown> = []
  for await (const { event } of run.events()) {
    if (event.type === "NodeStarted" || event.type === "AttemptStarted") {
      takes.push([event.type, event.path, event.takes])
    }
  }
  const both = [["api", 2], ["disk", 1]]
  expect(takes).toContainEqual(["NodeStarted", "plain", undefined])
  expect(takes).toContainEqual(["NodeStarted", "work", both])
  expect(takes).toContainEqual(["AttemptStarted", "work", both])
})

test("Who waits is Pending, why and locks say for what and behind whom, and a terminate frees both the holder and the waiter", async () => {
  const { arrived, enter } = makeGate()
  const one = mutex("one")
  const work = task("work", { permits: [one.take()], run: (_, { signal }) => enter(signal) })
  const single = workflow("single", {}, (w) => w.node("work", work))
  await using pinnace = await open(":memory:")
  const holder = await pinnace.start(single, undefined, { id: "holder" })
  await arrived(1)
  const waiter = await pinnace.start(single, undefined, { id: "waiter" })
  for await (const { event } of waiter.events()) if (event.type === "NodeWaiting") break
  expect((await waiter.nodes())[0]).toMatchObject({ path: "work", phase: "Pending", waiting: "Permit" })
  expect((await waiter.why("work"))[0]?.because).toContain("waits for 1 of one (limit 1, 1 held by holder work)")
  expect((await pinnace.locks())[0]).toMatchObject({
    holders: [{ run: "holder", node: "work" }],
    queue: [{ run: "waiter" }]
  })
  await waiter.terminate()
  await waiter.ending()
  expect((await pinnace.locks())[0]?.queue).toEqual([])
  await holder.terminate()
  await holder.ending()
  expect((await pinnace.locks())[0]?.holders).toEqual([])
})

test("A permit is given back while a node waits to be tried again, and kept with hold: node", async () => {
  for (const [hold, order] of [["running", "first second first"], ["node", "first first second"]] as const) {
    const one = mutex("one")
    const seen: Array<string> = []
    const flaky = task("flaky", {
      permits: [one.take()],
      hold,
      retry: { limit: 1, backoff: "30 millis" },
      run: (_, { attempt }) => {
        seen.push("first")
        if (attempt === 1) throw new Error("again")
      }
    })
    const calm = task("calm", { permits: [one.take()], run: () => void seen.push("second") })
    const both = workflow("both", {}, (w) => {
      w.node("flaky", flaky)
      w.node("calm", calm)
    })
    await using pinnace = await open(":memory:")
    await pinnace.run(both)
    expect(seen.join(" "), hold).toBe(order)
  }
})

test("A run as a whole can hold a permit: the next one is Pending until it ended", async () => {
  const { arrived, enter, letGo } = makeGate()
  const work = task("work", { run: (_, { signal }) => enter(signal) })
  const alone = workflow("alone", { permits: [mutex("deploy").take()] }, (w) => w.node("work", work))
  await using pinnace = await open(":memory:")
  const first = await pinnace.start(alone)
  await arrived(1)
  const second = await pinnace.start(alone)
  expect((await second.status()).phase).toBe("Pending")
  letGo()
  await first.result()
  await arrived(2)
  letGo()
  expect(await second.result()).toBe("done")
})

test("A limit in the state file can be raised at run time, and waiters begin at once", async () => {
  const { arrived, enter, letGo } = makeGate()
  const slots = semaphore("slots", { limit: storedLimit(0) })
  const work = task("work", { permits: [slots.take()], run: (_, { signal }) => enter(signal) })
  await using pinnace = await open(":memory:")
  const run = await pinnace.start(workflow("w", {}, (w) => w.node("work", work)))
  for await (const { event } of run.events()) if (event.type === "NodeWaiting") break
  expect((await run.why("work"))[0]?.because).toContain("its limit is 0")
  await pinnace.setLimit("slots", 1)
  await arrived(1)
  letGo()
  expect(await run.result()).toBe("done")
  await expect(pinnace.setLimit("slots", 1.5)).rejects.toThrow("a whole number")
})

const withLimit = (limit: LimitSource) => {
  const work = task("work", { output: Schema.String, permits: [semaphore("s", { limit }).take()], run: () => "done" })
  return workflow("w", {}, (w) => w.node("work", work))
}

test("A limit that can never be read ends the node in Error and names source, key and value", async () => {
  const directory = await mkdtemp(join(tmpdir(), "pinnace-"))
  const file = join(directory, "limits.json")
  writeFileSync(file, JSON.stringify({ api: "many" }))
  const cases: ReadonlyArray<readonly [LimitSource, string]> = [
    [limitFromFile(join(directory, "none.json"), "api"), "none.json"],
    [limitFromFile(file, "web"), 'key "web"'],
    [limitFromFile(file, "api"), '"many"'],
    [limitFromEnv("PINNACE_NO_SUCH_VARIABLE"), "environment variable PINNACE_NO_SUCH_VARIABLE"]
  ]
  for (const [source, text] of cases) {
    await using pinnace = await open(":memory:")
    const run = await pinnace.start(withLimit(source))
    const ending = await run.ending()
    expect(ending.phase).toBe("Error")
    expect((await run.nodes())[0]).toMatchObject({ path: "work", phase: "Error", reason: "BadLimit" })
    expect(ending.message).toContain(text)
  }
})

test("A limit that cannot be read for the moment is read again, and who waits begins when it answers", async () => {
  let reads = 0
  const source: LimitSource = {
    _tag: "LimitSource",
    describe: "a service that comes up late",
    read: () => {
      reads++
      if (reads < 3) return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }))
      return Promise.resolve(2)
    }
  }
  await using pinnace = await open(":memory:")
  expect(await pinnace.run(withLimit(source))).toBe("done")
  expect(reads).toBe(3)
  expect(await pinnace.locks()).toEqual([{
    name: "s",
    limit: 2,
    source: source.describe,
    held: 0,
    holders: [],
    queue: []
  }])
})

test("LimitUnavailable says whether trying again may help", () => {
  const of = (reason: LimitUnavailable["reason"]) => new LimitUnavailable({ reason, message: "" }).isRetryable
  expect([of("Unreachable"), of("NotFound"), of("NotANumber"), of("Malformed"), of("Refused")]).toEqual(
    [true, false, false, false, false]
  )
})
