/** Crash recovery with real processes: scenarios that other engines have got wrong (CR-…). */
import process from "node:process"
import { describe, expect, it } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { ending, ofType, Scene, seen } from "./fixture.ts"
import { inspect, inspectCopy } from "./inspect.ts"
import { play } from "./play.ts"
import { stage } from "./stages.ts"

/** Whether sweeps are played whole: `npm test -- --long`; else a part of them, since `npm run crash` plays them too. */
const isLong = process.env["PINNACE_TEST_LONG"] !== undefined

describe("A run whose process is killed at random", () => {
  it("ends as its definition says, with nothing lost and nothing done twice (N1 to N6, N10)", async () => {
    let kills = 0
    for (let seed = 1; kills < (isLong ? 10 : 4); seed += 2) {
      const verdicts = await Promise.all([play(seed), play(seed + 1)])
      for (const { seed, violations } of verdicts) {
        expect(violations, `replay: npm run crash -- --seed ${seed}`).toEqual([])
      }
      kills += verdicts.reduce((sum, verdict) => sum + verdict.kills, 0)
    }
  })
})

/** A process starts a run and dies at a point of it; killed from here it might be late, and the wait be over. */
const diesAt = async (scene: Scene, name: string, kill: string, backoff: number): Promise<void> => {
  const host = scene.spawn({ backoff, kill })
  await host.call("open", scene.file, [name], { durability: "process" })
  host.call("start", name, undefined, name).catch(() => {})
  expect(await host.exit).toBe("SIGKILL")
}

describe("A killed process", () => {
  it("does not leave its run Running for ever (CR-01)", async () => {
    const scene = new Scene()
    const first = await scene.start("steps")
    await first.body("begin", "two")
    await first.kill()
    const second = await scene.open(["steps"])
    await second.body("begin", "two")
    await second.call("gate", "two")
    expect(await ending(second, "steps")).toMatchObject({ phase: "Succeeded" })
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "AttemptStarted")).toMatchObject([{ event: { path: "two", attempt: 1, rerun: 1 } }])
    expect(scene.begun("one")).toBe(1)
  })

  it("is survived at every commit of a run (CR-04)", async () => {
    const undisturbed = new Scene()
    expect(await ending(await undisturbed.start("matrix"), "matrix")).toMatchObject({ phase: "Succeeded", output: 2 })
    const { events } = await undisturbed.inspect("matrix")
    const names = new Set(ofType(events, "NodeFinished").map(({ event }) => event.path))
    let isOver = false
    const killAt = async (commit: number): Promise<void> => {
      const scene = new Scene()
      const point = commit === 0 ? "before:1" : `after:${commit}`
      const owner = scene.spawn({ kill: point })
      const died = owner.exit
      void owner.call("open", scene.file, ["matrix"], { durability: "process" })
        .then(() => owner.call("start", "matrix", undefined, "matrix"))
        .then(() => owner.call("ending", "matrix"))
        .then(() => owner.leave(), () => {})
      if (await died !== "SIGKILL") isOver = true
      else expect(inspectCopy(scene.file, "matrix", stage("matrix")).violations).toEqual([])
      const heir = await scene.start("matrix")
      expect(await ending(heir, "matrix")).toMatchObject({ phase: "Succeeded", output: 2 })
      const found = await scene.inspect("matrix")
      expect(new Set(ofType(found.events, "NodeFinished").map(({ event }) => event.path)), point).toEqual(names)
    }
    let commit = 0
    const stride = isLong ? 1 : 3
    for (; !isOver; commit += 2 * stride) await Promise.all([killAt(commit), killAt(commit + stride)])
    // How many events share a commit is up to the machine.
    expect(commit).toBeGreaterThan(5)
  })

  it("leaves a back-off that goes on from the recorded instant, not anew (CR-06)", async () => {
    const scene = new Scene()
    await diesAt(scene, "backoff", "stored-AttemptFailed:1", 1500)
    // Anew it would take an hour.
    const second = await scene.open(["backoff"], { backoff: 3_600_000 })
    const { at } = await second.body("begin", "again", 2) as { readonly at: number }
    expect(await ending(second, "backoff")).toMatchObject({ phase: "Succeeded", output: 2 })
    const failures = ofType((await scene.inspect("backoff")).events, "AttemptFailed")
    expect(failures).toHaveLength(1)
    // Timers of runtimes ring up to a millisecond early.
    expect(at).toBeGreaterThanOrEqual(failures[0]!.event.nextAt - 1)
    expect(scene.begun("again")).toBe(2)
  })

  it("leaves a back-off that is over at once when its instant has passed (CR-06)", async () => {
    const scene = new Scene()
    await diesAt(scene, "backoff", "stored-AttemptFailed:1", 50)
    // Anew it would take an hour.
    const second = await scene.open(["backoff"], { backoff: 3_600_000 })
    const { at } = await second.body("begin", "again", 2) as { readonly at: number }
    expect(await ending(second, "backoff")).toMatchObject({ phase: "Succeeded" })
    const [failed] = ofType((await scene.inspect("backoff")).events, "AttemptFailed")
    expect(at).toBeGreaterThanOrEqual(failed!.at + 50)
  })

  it("leaves a timed wait that ends when it was to end (CR-07)", async () => {
    const scene = new Scene()
    await diesAt(scene, "nap", "stored-NodeWaiting:1", 1500)
    // Anew it would take an hour.
    const second = await scene.open(["nap"], { backoff: 3_600_000 })
    const { at } = await second.body("begin", "woken") as { readonly at: number }
    expect(await ending(second, "nap")).toMatchObject({ phase: "Succeeded" })
    const waits = ofType((await scene.inspect("nap")).events, "NodeWaiting")
    expect(waits).toHaveLength(1)
    expect(at).toBeGreaterThanOrEqual(waits[0]!.event.until! - 1)
  })

  it("closes at once although a timed wait is pending (CR-07)", async () => {
    const scene = new Scene()
    const owner = await scene.start("nap", { backoff: 60_000 })
    await owner.call("watch", "nap")
    await seen(owner, "NodeWaiting", "sleep")
    await scene.close()
  })

  it("had its exit handler run exactly once in the record, whenever it was killed (EH-01)", async () => {
    for (
      const kill of [
        "stored-NodeFinished:4",
        "appended-NodeStarted:5",
        "stored-NodeStarted:5",
        "appended-RunFinished:1"
      ]
    ) {
      const scene = new Scene()
      const owner = await scene.start("steps", { kill }).catch(() => undefined)
      await owner?.call("gate", "two").catch(() => {})
      expect(await owner?.exit, kill).toBe("SIGKILL")
      const heir = await scene.open(["steps"])
      await heir.call("gate", "two")
      expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded" })
      const { events } = await scene.inspect("steps")
      const handlers = ofType(events, "NodeStarted").filter(({ event }) => event.kind === "exit")
      expect(handlers.map(({ event }) => event.path).sort(), kill).toEqual([".onExit", "two.onExit"])
    }
  })

  it("lets a chain of a thousand that was killed at half go on by itself where it stood (N10)", async () => {
    const scene = new Scene()
    const owner = await scene.start("chain", { kill: "stored-NodeFinished:500" }).catch(() => undefined)
    expect(await owner?.exit).toBe("SIGKILL")
    const heir = await scene.open(["chain"])
    expect(await ending(heir, "chain")).toMatchObject({ phase: "Succeeded" })
    const { events } = await scene.inspect("chain")
    const takenOver = events.findLastIndex(({ event }) => event.type === "RunStarted")
    const [before, after] = [events.slice(0, takenOver), events.slice(takenOver)]
    expect(ofType(before, "NodeFinished").length).toBeGreaterThanOrEqual(499)
    expect(ofType(before, "NodeStarted").length + ofType(after, "NodeStarted").length).toBe(1_000)
    // At most what was at work is begun again; nothing else lies between the take-over and what comes next.
    expect(ofType(after, "AttemptStarted").length).toBeLessThanOrEqual(1)
    expect(after.slice(1, 3).map(({ event }) => event.type)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(AttemptStarted|NodeStarted)$/)])
    )
  })
})

describe("Two engines on one file", () => {
  it("execute a run once, and the second takes it over when the first is killed (CR-08)", async () => {
    const scene = new Scene()
    const first = await scene.start("steps")
    await first.body("begin", "two")
    const second = await scene.open(["steps"])
    expect(await second.call("live")).toBe(0)
    await first.kill()
    await second.body("begin", "two")
    await second.kill()
    const third = await scene.open(["steps"])
    await third.call("gate", "two")
    expect(await ending(third, "steps")).toMatchObject({ phase: "Succeeded" })
    await scene.inspect("steps")
    expect(scene.begun("two")).toBe(3)
    expect(scene.begun("one")).toBe(1)
  })

  it("make one run of twenty starts with one id at once (CR-10)", async () => {
    const scene = new Scene()
    const host = await scene.open(["matrix"])
    expect(await host.call("startTwenty", "matrix", undefined, "matrix")).toEqual(Array(20).fill("matrix"))
    expect(await ending(host, "matrix")).toMatchObject({ phase: "Succeeded" })
    expect(await host.call("list")).toEqual(["matrix"])
    await scene.inspect("matrix")
    expect(scene.begun("first")).toBe(1)
  })

  it("make one run when five processes start one id at once, which still recovers (CR-10)", async () => {
    const scene = new Scene()
    const hosts = await Promise.all([1, 2, 3, 4, 5].map(() => scene.open(["steps"])))
    const started = await Promise.all(hosts.map((host) => host.call("start", "steps", undefined, "steps")))
    expect(started).toEqual(Array(5).fill("steps"))
    const first = await Promise.any(hosts.map((host) => host.body("begin", "two").then(() => host)))
    await first.kill()
    const rest = hosts.filter((host) => host !== first)
    await Promise.any(rest.map((host) => host.body("begin", "two")))
    await Promise.all(rest.map((host) => host.call("gate", "two")))
    for (const host of rest) expect(await ending(host, "steps")).toMatchObject({ phase: "Succeeded" })
    await scene.inspect("steps")
    expect([scene.begun("one"), scene.begun("two")]).toEqual([1, 2])
  })

  it("do not execute a run twice that is recovered and started at the same time (CR-11)", async () => {
    const scene = new Scene()
    const dead = await scene.start("steps")
    await dead.body("begin", "two")
    await dead.kill()
    const hosts = [scene.spawn(), scene.spawn()]
    await Promise.all(hosts.map((host) => {
      const opening = host.call("open", scene.file, ["steps"])
      return Promise.all([opening, opening.then(() => host.call("startTwenty", "steps", undefined, "steps"))])
    }))
    await Promise.any(hosts.map((host) => host.body("begin", "two")))
    await Promise.all(hosts.map((host) => host.call("gate", "two")))
    for (const host of hosts) expect(await ending(host, "steps")).toMatchObject({ phase: "Succeeded" })
    await scene.inspect("steps")
    expect(scene.begun("two")).toBe(2)
  })
})

describe("A process that was declared dead while it stood still", () => {
  it("cannot write any more, stops its bodies and tells who waits (CR-12)", async () => {
    const scene = new Scene()
    const zombie = await scene.start("steps")
    await zombie.body("begin", "two")
    const waiting = zombie.call("ending", "steps").catch((error) => error)
    zombie.signal("SIGSTOP")
    const db = new Database(scene.file)
    db.exec("DELETE FROM processes")
    db.close()
    const heir = await scene.open(["steps"])
    await heir.body("begin", "two")
    await heir.call("gate", "two")
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded", output: "three" })
    zombie.signal("SIGCONT")
    await zombie.call("gate", "two")
    expect(await waiting).toMatchObject({ tag: "JournalError" })
    await scene.close()
    // What the body did before its process could know is no fault; nothing of it may be in the file.
    const { events, violations } = inspect(scene.file, "steps", stage("steps"))
    expect(violations).toEqual([])
    expect(ofType(events, "NodeFinished").filter(({ event }) => event.path === "two")).toHaveLength(1)
  })
})
