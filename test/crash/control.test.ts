/** Commands to runs from other processes, and waits of every kind (RT-…, ST-…, MR-…). */
import { describe, expect, it } from "vitest"
import type { Answer, Ending, NodeView, RunView } from "../../mod.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { ending, ofType, Scene, seen } from "./fixture.ts"
import type { Host } from "./Host.ts"
import { lateNames } from "./stages.ts"

const asked = (host: Host, id: string, verb: string): Promise<Answer> => host.call<Answer>("command", id, verb)

describe("terminate from another process", () => {
  it("ends an attempt that works, and no further one begins (RT-02)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const other = await scene.open([])
    expect(await asked(other, "steps", "terminate")).toMatchObject({ ok: true })
    expect(await ending(other, "steps")).toMatchObject({ phase: "Failed", reason: "Terminated" })
    await owner.body("aborted", "two")
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "NodeStarted").filter(({ event }) => event.kind === "exit")).toEqual([])
    expect(scene.begun("two")).toBe(1)
  })

  it("ends a back-off, and no further attempt begins (RT-02)", async () => {
    const scene = new Scene()
    const owner = await scene.start("backoff", { backoff: 60_000 })
    await owner.call("watch", "backoff")
    await seen(owner, "AttemptFailed", "again")
    const other = await scene.open([])
    expect(await asked(other, "backoff", "terminate")).toMatchObject({ ok: true })
    expect(await ending(other, "backoff")).toMatchObject({ phase: "Failed", reason: "Terminated" })
    const { events } = await scene.inspect("backoff")
    expect(events.at(-1)!.at).toBeLessThan(ofType(events, "AttemptFailed")[0]!.event.nextAt)
    expect(scene.begun("again")).toBe(1)
  })
})

describe("stop from another process", () => {
  it("ends nodes that wait for a signal, for time, for a retry and for their turn, then runs exit handlers (ST-03)", async () => {
    const scene = new Scene()
    const owner = await scene.start("waiting")
    await owner.call("watch", "waiting")
    await Promise.all([
      seen(owner, "NodeWaiting", "door"),
      seen(owner, "NodeWaiting", "sleep"),
      seen(owner, "AttemptFailed", "again"),
      owner.body("begin", "each[x]")
    ])
    const other = await scene.open([])
    expect(await asked(other, "waiting", "stop")).toMatchObject({ ok: true })
    expect(await ending(other, "waiting")).toMatchObject({ phase: "Failed", reason: "Stopped" })
    const nodes = await owner.call<ReadonlyArray<NodeView>>("nodes", "waiting")
    const failed = nodes.filter(({ phase }) => phase === "Failed")
    expect(failed.map(({ path }) => path).sort()).toEqual(["again", "door", "each", "each[x]", "sleep"])
    expect(new Set(failed.map(({ reason }) => reason))).toEqual(new Set(["Stopped"]))
    await scene.inspect("waiting")
    expect([scene.begun(".onExit"), scene.begun("each[y]")]).toEqual([1, 0])
  })

  it("ends a suspended run, also after its process was killed (ST-03)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    await asked(owner, "steps", "suspend")
    await owner.kill()
    await scene.open(["steps"])
    const other = await scene.open([])
    expect(await asked(other, "steps", "stop")).toMatchObject({ ok: true })
    expect(await ending(other, "steps")).toMatchObject({ phase: "Failed", reason: "Stopped" })
    await scene.inspect("steps")
    // While a run is suspended not even an interrupted attempt begins again.
    expect(scene.begun("two")).toBe(1)
    expect([scene.begun("three"), scene.begun(".onExit"), scene.begun("two.onExit")]).toEqual([0, 1, 1])
  })

  it("is answered the same way twice, and says so when there is nothing to stop", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const others = await Promise.all([scene.open([]), scene.open([])])
    const answers = await Promise.allSettled(others.map((other) => asked(other, "steps", "stop")))
    // The second may come after the end, and is then told so.
    const refusals = answers.flatMap((answer) => answer.status === "rejected" ? [answer.reason.tag] : [])
    expect([[], ["Refused"]]).toContainEqual(refusals)
    await ending(owner, "steps")
    await expect(asked(others[0]!, "steps", "stop")).rejects.toMatchObject({ tag: "Refused" })
    await expect(asked(others[0]!, "steps", "resume")).rejects.toMatchObject({ tag: "Refused" })
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "RunStopping")).toHaveLength(1)
  })
})

/** Makes all that is recorded in a file so much older. */
const age = (file: string, millis: number): void => {
  const db = new Database(file)
  db.exec(`
    UPDATE events SET at = at - ${millis};
    UPDATE runs SET createdAt = createdAt - ${millis}, startedAt = startedAt - ${millis};
    UPDATE nodes SET startedAt = startedAt - ${millis} WHERE startedAt > 0;
    UPDATE nodes SET finishedAt = finishedAt - ${millis} WHERE finishedAt > 0;
  `)
  db.close()
}

describe("The deadline of a run", () => {
  it.each(lateNames)("holds for %s, counted from the first start and not from the restart (ST-04)", async (name) => {
    const scene = new Scene()
    const owner = await scene.start(name, { backoff: 60_000 })
    await owner.call("watch", name)
    await seen(owner, "RunStarted")
    await owner.kill()
    // A second is left of the hour; counted from the restart it would be all of it.
    age(scene.file, 3_599_000)
    const heir = await scene.open([name], { backoff: 60_000 })
    expect(await ending(heir, name)).toMatchObject({ phase: "Failed", reason: "Timeout" })
    const { events } = await scene.inspect(name)
    expect(events.at(-1)!.at - ofType(events, "RunStarted")[0]!.at).toBeGreaterThanOrEqual(3_600_000)
  })
})

describe("A signal", () => {
  it("opens its own door only, once, also when two processes send it at the same time (ST-06)", async () => {
    const scene = new Scene()
    const owner = await scene.start("doors")
    await owner.call("watch", "doors")
    await Promise.all(["a", "b", "c"].map((door) => seen(owner, "NodeWaiting", door)))
    const others = await Promise.all([scene.open([]), scene.open([])])
    const sent = [...others, ...others, owner].map((host) => host.call<Answer>("signal", "doors", "b", null))
    const answers = await Promise.allSettled(sent)
    expect(answers.filter(({ status }) => status === "fulfilled").length).toBeGreaterThanOrEqual(1)
    await owner.body("end", "after-b")
    const rows = await owner.call<ReadonlyArray<NodeView>>("nodes", "doors")
    expect(rows.filter(({ waiting }) => waiting === "Signal").map(({ path }) => path).sort()).toEqual(["a", "c"])
    await expect(others[0]!.call("signal", "doors", "nowhere", null)).rejects.toMatchObject({ tag: "Refused" })
    await expect(others[0]!.call("signal", "doors", "after-a", null)).rejects.toMatchObject({ tag: "Refused" })
    await Promise.all(["a", "c"].map((door) => others[1]!.call("signal", "doors", door, null)))
    expect(await ending(owner, "doors")).toMatchObject({ phase: "Succeeded" })
    const { events } = await scene.inspect("doors")
    expect(ofType(events, "NodeSignalled")).toHaveLength(3)
    expect(["a", "b", "c"].map((door) => scene.begun(`after-${door}`))).toEqual([1, 1, 1])
  })
})

describe("A suspended run", () => {
  it("finishes what works, begins nothing, survives a restart and goes on when it is resumed (ST-07)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const other = await scene.open([])
    expect(await asked(other, "steps", "suspend")).toMatchObject({ ok: true })
    await owner.call("watch", "steps")
    await owner.call("gate", "two")
    await seen(owner, "NodeFinished", "two")
    expect(await other.call("why", "steps")).toMatchObject([{ because: expect.stringContaining("suspended") }])
    await owner.kill()
    const heir = await scene.open(["steps"])
    expect((await heir.call<RunView>("status", "steps")).suspended).toBe(true)
    expect(await asked(other, "steps", "resume")).toMatchObject({ ok: true })
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded", output: "three" })
    const { events } = await scene.inspect("steps")
    const resumed = ofType(events, "RunResumed")[0]!
    const third = ofType(events, "NodeStarted").find(({ event }) => event.path === "three")!
    expect(third.seq).toBeGreaterThan(resumed.seq)
    expect([scene.begun("two"), scene.begun("three")]).toEqual([1, 1])
  })
})

describe("A retry by hand", () => {
  it.each(["stop", "terminate"])(
    "of a run that ended by %s runs the rest in another process and succeeds (MR-03)",
    async (verb) => {
      const scene = new Scene()
      const owner = await scene.start("steps")
      await owner.body("begin", "two")
      await asked(owner, "steps", verb)
      expect(await ending(owner, "steps")).toMatchObject({ phase: "Failed" })
      await owner.call("close")
      await owner.leave()
      const heir = await scene.open(["steps"])
      await heir.call("gate", "two")
      expect(await heir.call<number>("retry", "steps")).toBeGreaterThan(0)
      expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded", output: "three" })
      await scene.inspect("steps")
      expect([scene.begun("one"), scene.begun("two"), scene.begun("three")]).toEqual([1, 2, 1])
    }
  )

  it("goes on after a kill right after it was recorded, and is done by one of two processes only", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    await asked(owner, "steps", "stop")
    await ending(owner, "steps")
    const hosts = [await scene.open(["steps"], { kill: "stored-RunRetried:1" }), await scene.open(["steps"])]
    await Promise.all(hosts.map((host) => host.call("gate", "two")))
    await owner.call("gate", "two")
    const retries = await Promise.allSettled(hosts.map((host) => host.call("retry", "steps")))
    expect(retries.some(({ status }) => status === "fulfilled") || hosts[0]!.ended).toBe(true)
    expect(await ending(owner, "steps")).toMatchObject<Partial<Ending>>({ phase: "Succeeded", output: "three" })
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "RunRetried").map(({ event }) => event.epoch)).toEqual([2])
    expect(scene.begun("one")).toBe(1)
  })
})
