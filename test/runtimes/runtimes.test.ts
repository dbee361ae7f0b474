/** One state file under three runtimes: what one began another finishes, and all can command and watch. */
import { describe, expect, it } from "vitest"
import type { Answer, NodeView } from "../../mod.ts"
import { ending, ofType, Scene, seen } from "../crash/fixture.ts"
import { hasRuntime, type Runtime } from "../crash/Host.ts"
import { input } from "../crash/rich.ts"

const others: ReadonlyArray<Runtime> = ["bun", "deno"]

describe("Node, Bun and Deno", () => {
  it("are all installed, or these tests would prove nothing", () => {
    expect((["node", "bun", "deno"] as const).filter(hasRuntime)).toEqual(["node", "bun", "deno"])
  })
})

describe("A run that was started under Node and killed", () => {
  it("is finished under Bun and read under Deno, from the same file", async () => {
    const variant = { pace: 10, approval: true, payment: false, broken: false, parallelism: 1000 }
    const env = { PINNACE_TEST_VARIANT: JSON.stringify(variant) }
    const scene = new Scene()
    const node = await scene.open(["rich"], { env, kill: "stored-NodeFinished:12" })
    await node.call("start", "rich", input, "rich")
    expect(await node.exit).toBe("SIGKILL")
    const bun = await scene.open(["rich"], { env, runtime: "bun" })
    await bun.call("watch", "rich")
    await seen(bun, "NodeWaiting", "approval")
    await bun.call("signal", "rich", "approval", { by: "a person" })
    const end = await ending(bun, "rich")
    expect(end).toMatchObject({ phase: "Succeeded", output: expect.stringContaining("a person") })
    const deno = await scene.open(["rich"], { env, runtime: "deno" })
    expect(await ending(deno, "rich")).toEqual(end)
    expect(await deno.call("result", "rich")).toEqual((end as { readonly output: string }).output)
    const nodes = await deno.call<ReadonlyArray<NodeView>>("nodes", "rich")
    expect(nodes).toEqual(await bun.call("nodes", "rich"))
    await deno.call("watch", "rich")
    await deno.notice(({ notice }) => notice === "over")
    await scene.close()
  })
})

describe.each(others)("A Node process that executes a run, and one on %s", (runtime) => {
  it("obey each other's commands and see each other's events", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const peer = await scene.open([], { runtime })
    await peer.call("watch", "steps")
    expect(await peer.call<Answer>("command", "steps", "suspend")).toMatchObject({ ok: true })
    await seen(peer, "RunSuspended")
    expect(await peer.call<Answer>("command", "steps", "resume")).toMatchObject({ ok: true })
    expect(await peer.call<Answer>("command", "steps", "stop")).toMatchObject({ ok: true })
    expect(await ending(peer, "steps")).toMatchObject({ phase: "Failed", reason: "Stopped" })
    await peer.notice(({ notice }) => notice === "over")
    const { events } = await scene.inspect("steps")
    const watched = peer.notices.flatMap((it) => it.notice === "event" ? [it.recorded] : [])
    expect(watched).toEqual(events)
    expect(scene.begun(".onExit")).toBe(1)
  })

  it("take over from each other at once", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const peer = await scene.open(["steps"], { runtime })
    await owner.kill()
    await peer.body("begin", "two")
    const next = await scene.open(["steps"])
    await peer.kill()
    await next.body("begin", "two")
    await next.call("gate", "two")
    expect(await ending(next, "steps")).toMatchObject({ phase: "Succeeded", output: "three" })
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "AttemptStarted").map(({ event }) => event.rerun)).toEqual([1, 2])
    expect([scene.begun("one"), scene.begun("two")]).toEqual([1, 3])
  })
})
