/**
 * More of what outlives a process, on any storage: keys of permits and of starts, versions that are not there, runs of
 * runs that are stopped and deleted, flows that are changed between deploys. As in `lastingSuite.ts`.
 */
import { expect, it, onTestFinished } from "vitest"
import {
  flow,
  type FlowContext,
  keyedSemaphore,
  open,
  type OpenOptions,
  type Pinnace,
  Schema,
  task,
  workflow
} from "../../mod.ts"

/** The tests, on storage at an address that each of them is given. */
export const acrossSuite = (address: () => string): void => {
  const opened = async (at: string, options: OpenOptions = {}): Promise<Pinnace> => {
    const pinnace = await open(at, options)
    onTestFinished(() => pinnace.close())
    return pinnace
  }

  it("P1 P2 P4 P6 P7: a key works as its limit says, in any process, keeps no other waiting, and leaves nothing", async () => {
    const [perKey, all] = [
      keyedSemaphore("across-key", { each: 1, total: 2 }),
      keyedSemaphore("across-all", { each: 9 })
    ]
    const door = workflow("across-door", {
      input: Schema.String,
      permits: (key) => [perKey.take(1, key), all.take(1, key)]
    }, (w) => {
      w.suspend("door")
    })
    const at = address()
    const [first, second] = [await opened(at, { workflows: [door] }), await opened(at, { workflows: [door] })]
    const holds = await first.start(door, "a")
    await holds.waitFor("door", "waiting")
    const waits = await second.start(door, "a")
    const other = await second.start(door, "b")
    await other.waitFor("door", "waiting")
    expect((await waits.status()).phase).toBe("Pending")
    expect((await waits.why())[0]?.because).toContain(`across-key/a (limit 1, 1 held by ${holds.id}`)
    await holds.signal("door", null)
    await waits.waitFor("door", "waiting")
    for (const run of [waits, other]) await run.signal("door", null)
    for (const run of [holds, waits, other]) expect((await run.ending()).phase).toBe("Succeeded")
    expect((await first.locks()).filter(({ name }) => name.includes("/"))).toEqual([])
  })

  it("P10: one of a key begins at once, the next one of any process in its time", async () => {
    const start = { throttle: { key: (it: string) => it, limit: 1, per: "1 day" } } as const
    const one = workflow("across-throttled", { input: Schema.String, start }, () => {})
    const at = address()
    const [first, second] = [await opened(at, { workflows: [one] }), await opened(at, { workflows: [one] })]
    const runs = [await first.start(one, "a"), await second.start(one, "a"), await second.start(one, "b")]
    await runs[0]!.result()
    await runs[2]!.result()
    expect((await runs[1]!.status()).phase).toBe("Pending")
    await runs[1]!.terminate()
    expect((await runs[1]!.ending()).reason).toBe("Terminated")
  })

  it("V1 V5 V6: a run of a version that is not there waits, says so, and goes on once it is", async () => {
    const versions = ["1", "2"].map((version) => workflow("across-order", { version }, (w) => void w.suspend("door")))
    const at = address()
    const first = await open(at, { workflows: [versions[0]!] })
    const { id } = await first.start(versions[0]!)
    await first.close()
    const second = await opened(at, { workflows: [versions[1]!] })
    const run = (await second.get(id))!
    expect([(await run.status()).workflow, (await run.status()).held]).toEqual(["across-order@1", undefined])
    expect((await run.why())[0]?.because).toContain("no process executes it")
    expect((await second.list()).map(({ id, workflow }) => [id, workflow])).toContainEqual([id, "across-order@1"])
    await opened(at, { workflows: versions })
    await run.waitFor("door", "waiting")
    await run.signal("door", null)
    expect((await run.ending()).phase).toBe("Succeeded")
  })

  it("X2 X5: a run that is stopped stops those that are to end with it; one that is deleted leaves the others", async () => {
    const child = workflow("across-child", {}, (w) => void w.suspend("door"))
    const parent = workflow("across-parent", {}, (w) => {
      w.run("ends", child, { id: "ends", onParentEnd: "stop" })
      w.run("stays", child, { id: "stays", wait: false })
    })
    const at = address()
    const [first, second] = [await opened(at, { workflows: [parent] }), await opened(at, { workflows: [child] })]
    const run = await first.start(parent)
    await run.waitFor("ends", "waiting")
    await run.waitFor("stays")
    await (await second.get(run.id))!.stop()
    expect((await run.ending()).reason).toBe("Stopped")
    expect((await (await second.get("ends"))!.status()).reason).toBe("Stopped")
    await run.delete()
    expect((await (await second.get("stays"))!.status()).phase).not.toBe("Failed")
    await (await second.get("stays"))!.terminate()
  })

  it("F3 F4 F5: a flow goes on after restarts with other steps around, does none twice, and ends when it is stopped", async () => {
    const log: Array<string> = []
    const step = (f: FlowContext, name: string) => f.step(name, () => void log.push(name))
    const bodies = [
      async (f: FlowContext) => {
        await step(f, "a")
        await step(f, "b")
      },
      async (f: FlowContext) => {
        await step(f, "b")
        await step(f, "c")
        await step(f, "a")
      },
      async (f: FlowContext) => void await step(f, "c")
    ]
    const at = address()
    for (const [life, body] of bodies.entries()) {
      const story = flow("across-story", {}, async (_, f) => {
        await body(f)
        try {
          await f.sleep("long", "30 days")
        } finally {
          await step(f, "late").catch(() => log.push("refused"))
        }
      })
      const pinnace = await open(at, { workflows: [story] })
      const run = (await pinnace.get("across-f")) ?? await pinnace.start(story, undefined, { id: "across-f" })
      await run.waitFor(life === 0 ? "b" : "c")
      await run.waitFor("long", "waiting")
      if (life === bodies.length - 1) await run.stop()
      if (life === bodies.length - 1) expect((await run.ending()).reason).toBe("Stopped")
      await pinnace.close()
    }
    expect(log.filter((it) => it !== "refused")).toEqual(["a", "b", "c"])
    expect(log.at(-1)).toBe("refused")
  })

  it("G2: equal values give equal graphs, whichever process expands them", async () => {
    const made = task("made", { output: Schema.Array(Schema.String), run: () => ["x", "y"] })
    const leaf = task("leaf", { input: Schema.String, run: () => {} })
    const one = workflow("across-made", {}, (w) => {
      w.expand("graph", w.node("made", made), (names, g) => {
        for (const name of names) g.node(name, leaf, { input: name })
      })
    })
    const at = address()
    const graphs: Array<unknown> = []
    for (const pinnace of [await opened(at, { workflows: [one] }), await opened(at, { workflows: [one] })]) {
      const run = await pinnace.start(one)
      await run.result()
      const [node] = (await run.nodes({ values: true })).filter(({ path }) => path === "graph")
      graphs.push(node!.input)
    }
    expect(graphs[0]).toEqual(graphs[1])
    expect(JSON.stringify(graphs[0])).toContain("graph")
  })
}
