/**
 * Reuse of results on any storage: R1 to R12, as far as storage takes part. Two engines share one address, as two
 * processes do. Keys, code and crashes at each commit: `test/reuse`, `test/engine/cache.test.ts`.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it, onTestFinished, vi } from "vitest"
import {
  Artifact,
  mutex,
  open,
  type OpenOptions,
  type Pinnace,
  type RunHandle,
  Schema,
  task,
  workflow
} from "../../mod.ts"
import { opened, twoAt } from "./openers.ts"
import type { Event } from "../../src/run/Event.ts"
import { memoryStore } from "../../src/store/mod.ts"
import type { CacheOption } from "../../src/workflow/Cache.ts"
import { removeTree } from "../removeTree.ts"

/** Bodies that go on when they are told to. */
const gated = () => {
  const open: Array<() => void> = []
  const begun: Array<() => void> = []
  const body = (): Promise<void> =>
    new Promise((resume) => {
      open.push(resume)
      begun.shift()?.()
    })
  const next = (): Promise<void> => new Promise((resume) => void begun.push(resume))
  return { body, next, open }
}

const eventsOf = async (run: RunHandle<unknown>): Promise<ReadonlyArray<Event>> => {
  const all: Array<Event> = []
  for await (const { event } of run.events()) all.push(event)
  return all
}

/** The tests, on storage at an address that each of them is given. */
export const reuseSuite = (address: () => string): void => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-reuse-suite-"))
  afterAll(() => removeTree(folder))
  // Servers are shared with other tests, and stay.
  const own = (name: string): string => `${folder.slice(-6)}-${name}`

  const two = (options?: OpenOptions) => twoAt(address(), options)

  /** How many results of a name are remembered. */
  const entries = async (pinnace: Pinnace, name: string): Promise<number> =>
    (await pinnace.remembered()).find((it) => it.name === name)?.entries ?? 0

  /** A workflow of one task that counts how often it works. */
  const counted = (name: string, cache: CacheOption<number>, work = (n: number): unknown => n) => {
    const calls: Array<number> = []
    const one = task(own(name), {
      input: Schema.Number,
      cache,
      run: async (n) => {
        calls.push(n)
        return await work(n)
      }
    })
    const flow = workflow(own(name), { input: Schema.Number }, (w) => w.node("one", one, { input: w.input }))
    return { calls, flow, name: own(name) }
  }

  it("R1 R9: a result is reused as it was by another process, in one event, while its permit is held", async () => {
    const door = gated()
    const permit = mutex(own("stove"))
    const [first, second] = await two()
    let calls = 0
    const one = task(own("cook"), {
      output: Schema.Unknown,
      permits: [permit.take()],
      cache: { version: 1 },
      run: () => ({ "é": [1.5, null, "𝄞"], calls: ++calls })
    })
    const flow = workflow(own("cook"), {}, (w) => w.node("one", one))
    const holder = workflow(
      own("hold"),
      {},
      (w) => void w.node("hold", task("hold", { permits: [permit.take()], run: door.body }))
    )
    const given = await first.run(flow)
    const begins = door.next()
    const holds = await first.start(holder)
    await begins
    const run = await second.start(flow)
    expect(await run.result()).toEqual(given)
    expect(JSON.stringify(await run.result())).toBe('{"é":[1.5,null,"𝄞"],"calls":1}')
    expect((await eventsOf(run)).filter((it) => "path" in it && it.path === "one").map(({ type }) => type))
      .toEqual(["NodeFinished"])
    door.open[0]!()
    await holds.ending()
  })

  it("R2: what succeeded is remembered in the next process, what did not is not", async () => {
    const door = gated()
    const { calls, flow, name } = counted("left", { version: 1 }, (n) => {
      if (n === 2) throw new Error("no")
      return n === 3 && door.open.length === 0 ? door.body() : n
    })
    const at = address()
    const first = await open(at)
    await first.run(flow, 1)
    expect((await (await first.start(flow, 2)).ending()).phase).toBe("Error")
    const begins = door.next()
    await first.start(flow, 3)
    await begins
    await first.close()
    const second = await opened(at)
    expect(await entries(second, name)).toBe(1)
    for (const n of [1, 2, 3]) await (await second.start(flow, n)).ending()
    expect([calls.toSorted(), await entries(second, name)]).toEqual([[1, 2, 2, 3, 3], 2])
  })

  it("R3: two processes compute one result once; when who does fails, the other one does", async () => {
    const door = gated()
    const { calls, flow } = counted("shared", { version: 1 }, async () => {
      const isFirst = calls.length === 1
      await door.body()
      if (isFirst) throw new Error("once")
    })
    const [first, second] = await two({ workflows: [flow] })
    const begins = door.next()
    const fails = await first.start(flow, 1)
    await begins
    const others = [await first.start(flow, 1), await second.start(flow, 1)]
    await vi.waitFor(async () => {
      for (const other of others) expect((await other.why("one"))[0]?.because).toContain("which computes the same")
    }, { timeout: 60_000 })
    expect(calls.length).toBe(1)
    const next = door.next()
    door.open[0]!()
    expect((await fails.ending()).phase).toBe("Error")
    await next
    door.open[1]!()
    for (const other of others) expect((await other.ending()).phase).toBe("Succeeded")
    expect(calls.length).toBe(2)
  })

  it("R4: the version, values, variables, files and schemas that a result was made of tell it from others", async () => {
    const [first, second] = await two()
    const file = join(folder, "model.bin")
    const variable = "PINNACE_TEST_STAGE"
    const made: Array<string> = []
    let flows = 0
    const flowOf = (version: number, value: string, output: Schema.Codec<unknown, unknown>, isHasty: boolean) => {
      const one = task(own("parts"), {
        output,
        cache: { version, dependsOn: { env: [variable], files: [file], values: { value } } },
        ...isHasty ? { retry: { limit: 3 }, timeout: "1 day" } as const : {},
        run: () => {
          made.push("made")
          return "made"
        }
      })
      return workflow(own(`parts-${flows++}`), {}, (w) => w.node(isHasty ? "hasty" : "one", one))
    }
    /** Whether it is computed, and then reused by the other process under any name. */
    const isComputed = async (
      version: number,
      value: string,
      output: Schema.Codec<unknown, unknown> = Schema.Unknown
    ) => {
      const before = made.length
      await first.run(flowOf(version, value, output, false))
      const after = made.length
      await second.run(flowOf(version, value, output, true))
      expect(made.length).toBe(after)
      return after > before
    }
    onTestFinished(() => void vi.unstubAllEnvs())
    writeFileSync(file, "one")
    expect(await isComputed(1, "a")).toBe(true)
    expect(await isComputed(1, "a")).toBe(false)
    expect(await isComputed(2, "a")).toBe(true)
    expect(await isComputed(1, "b")).toBe(true)
    expect(await isComputed(1, "a", Schema.String)).toBe(true)
    vi.stubEnv(variable, "")
    expect(await isComputed(1, "a")).toBe(true)
    vi.stubEnv(variable, undefined)
    expect(await isComputed(1, "a")).toBe(false)
    writeFileSync(file, "two")
    expect(await isComputed(1, "a")).toBe(true)
    writeFileSync(file, "one")
    expect(await isComputed(1, "a")).toBe(false)
  })

  it("R7 R8: artifacts of a result are kept as long as it, and it is computed anew once they are gone", async () => {
    const [first, second] = await two({ artifacts: { store: memoryStore(), shared: true } })
    let calls = 0
    const write = task(own("write"), {
      output: Artifact,
      cache: { version: 1 },
      run: (_, { artifacts }) => artifacts.putText("a.txt", `text ${++calls}`)
    })
    const read = task(own("read"), {
      input: Artifact,
      output: Schema.String,
      run: (input, { artifacts }) => artifacts.open(input).then((bytes) => bytes.text())
    })
    const flow = workflow(own("write"), {}, (w) => w.node("read", read, { input: w.node("write", write) }))
    const run = await first.start(flow)
    expect(await run.result()).toBe("text 1")
    await run.delete()
    await first.gc()
    const again = await second.start(flow)
    expect(await again.result()).toBe("text 1")
    await again.delete()
    expect((await second.forget({ name: own("write") })).artifacts.count).toBe(1)
    await second.gc()
    expect([await first.run(flow), calls]).toEqual(["text 2", 2])
  })

  it("R10: without reuse the events are those of a run without the feature", async () => {
    const [first] = await two()
    const { calls, flow, name } = counted("off", { version: 1 })
    const plain = counted("plain", false)
    await first.run(flow, 1)
    const typesOf = async (run: RunHandle<unknown>) => {
      await run.ending()
      return (await eventsOf(run)).map((event) => Object.keys(event).sort().join())
    }
    const off = await typesOf(await first.start(flow, 1, { cache: "off" }))
    expect(off).toEqual(await typesOf(await first.start(plain.flow, 1, { cache: "off" })))
    expect([calls, await entries(first, name)]).toEqual([[1, 1], 1])
  })

  it("R11: the least recently used results go, by the bounds, by name and by how many stay", async () => {
    // Bounds are those of all results, and others share the server.
    const schema = address().startsWith("postgres") ? { postgres: { schema: own("bounds") } } : {}
    const [first, second] = await two({ cache: { maxEntries: 10 }, ...schema })
    const wide = task(own("wide"), { input: Schema.Number, cache: { version: 1 }, run: () => {} })
    const numbers = Array.from({ length: 250 }, (_, n) => n)
    await first.run(workflow(own("wide"), {}, (w) => void w.map("all", numbers, wide, (n) => n)))
    // What is beyond goes in batches of a hundred.
    const left = (await second.remembered()).reduce((sum, it) => sum + it.entries, 0)
    expect(left).toBeLessThanOrEqual(110)
    await first.forget()
    const { calls, flow, name } = counted("many", { version: 1 })
    for (const n of [1, 2, 3, 4]) await first.run(flow, n)
    expect(await second.forget({ name, keep: 3, dryRun: true })).toMatchObject({ results: 1 })
    expect(await second.forget({ name, keep: 3 })).toMatchObject({ results: 1 })
    expect(await entries(first, name)).toBe(3)
    await first.run(flow, 4)
    expect(calls.length).toBe(4)
    expect(await first.forget({ name })).toMatchObject({ results: 3 })
    expect(await entries(second, name)).toBe(0)
    await second.run(flow, 4)
    expect(calls.length).toBe(5)
  })

  it("R12: a miss is explained by what differs from the nearest result, whoever computed that", async () => {
    const [first, second] = await two()
    const { flow } = counted("told", { version: 1 })
    const { id } = await first.start(flow, 1)
    await (await first.get(id))!.ending()
    const run = await second.start(flow, 2)
    await run.ending()
    expect((await second.explain(run.id, "one"))[0]?.because).toBe(
      `was computed: no result has this key, input differs from ${id} one`
    )
  })
}
