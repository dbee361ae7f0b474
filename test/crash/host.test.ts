/** What an app that embeds the engine must be able to rely on (CR-14, DB-01, OB-…). */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { Database } from "../../src/sqlite/Database.ts"
import { ending, ofType, Scene } from "./fixture.ts"
import { canary, rudeNames } from "./stages.ts"

describe("User code that throws where it is asked something", () => {
  it.each(rudeNames)("ends its own run only, as an error: %s (CR-14)", async (name) => {
    const scene = new Scene()
    const host = await scene.open([name, "matrix"])
    await host.call("start", name, undefined, name)
    await host.call("start", "matrix", undefined, "matrix")
    expect(await ending(host, name)).toMatchObject({
      phase: name === "rude-handler" || name === "rude-retry" ? "Failed" : "Error",
      message: expect.stringMatching(/rude|Expected string/)
    })
    expect(await ending(host, "matrix")).toMatchObject({ phase: "Succeeded" })
    await scene.inspect(name)
  })
})

describe("Six processes", () => {
  it("start, list, stop and watch on one file without any failing (DB-01)", async () => {
    const scene = new Scene()
    const hosts = await Promise.all([1, 2, 3, 4, 5, 6].map(() => scene.open(["quick"])))
    const answers = await Promise.all(
      hosts.map((host, at) => host.call<ReadonlyArray<string>>("bustle", `p${at}`, 20))
    )
    const known = ["Succeeded", "Failed", "Running", "Pending", "Refused"]
    const odd = answers.flat().filter((answer) => !known.includes(answer) && typeof answer === "string")
    expect(odd).toEqual([])
    await scene.close()
    const db = new Database(scene.file)
    expect(db.value("SELECT count(*) FROM runs")).toBe(120)
    expect(db.value("SELECT count(*) FROM runs WHERE phase NOT IN ('Succeeded', 'Failed')")).toBe(0)
    expect(db.value("SELECT count(*) FROM commands WHERE answer IS NULL")).toBe(0)
    expect(db.value("PRAGMA integrity_check")).toBe("ok")
    db.close()
  })
})

describe("An app with an engine in it", () => {
  it("keeps its directory, environment and file mask, hears of no stray error, and can end after close (OB-01)", async () => {
    const scene = new Scene()
    const host = scene.spawn()
    const before = await host.call("surroundings")
    await host.call("open", scene.file, ["matrix", "steps", "waiting", ...rudeNames])
    for (const name of rudeNames) await host.call("start", name, undefined, name)
    for (const name of ["matrix", "steps", "waiting"]) await host.call("start", name, undefined, name)
    for (const name of ["matrix", ...rudeNames]) await ending(host, name)
    expect(await host.call("surroundings")).toEqual(before)
    await scene.close()
    expect(readdirSync(scene.directory).sort()).toEqual(["state.db", "trace"])
  })

  it("closes at once although a body waits for its child", async () => {
    const scene = new Scene()
    const host = await scene.start("family", { options: { limits: { abortGrace: 3_600_000 } } })
    await host.body("begin", "parent/child")
    // Who waited for the child, or for its time to run out, would be waiting for ever.
    await host.call("close")
    await host.body("aborted", "parent/child")
    const heir = await scene.open(["family"])
    await heir.call("gate", "parent/child")
    expect(await ending(heir, "family")).toMatchObject({ phase: "Succeeded" })
  })

  it("closes while a command waits for an answer, which then says so (OB-01)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const host = await scene.open([])
    owner.signal("SIGSTOP")
    const stop = host.call("command", "steps", "stop").catch((error) => error)
    const end = host.call("ending", "steps").catch((error) => error)
    await host.call("close")
    expect(await stop).toMatchObject({ tag: "EngineClosed", message: expect.stringContaining("closed") })
    expect(await end).toMatchObject({ tag: "EngineClosed" })
    expect(await host.leave()).toBe(0)
    owner.signal("SIGCONT")
    await owner.kill()
  })

  it("survives a body that does not wait for the children it started (OB-01)", async () => {
    const scene = new Scene()
    const host = await scene.start("careless")
    expect(await ending(host, "careless")).toMatchObject({ phase: "Error", message: expect.stringContaining("rude") })
    await scene.close()
  })

  it("can end without close once nothing runs, and its runs are free for others at once (OB-01)", async () => {
    const scene = new Scene()
    const host = await scene.start("matrix")
    await ending(host, "matrix")
    expect(await host.leave()).toBe(0)
    const other = await scene.open([])
    expect(await ending(other, "matrix")).toMatchObject({ phase: "Succeeded" })
  })

  it("finds no clear secret in the file, its log, events, errors and answers (OB-04)", async () => {
    const scene = new Scene()
    const host = await scene.start("secretive", { env: { CANARY: canary }, options: { captureConsole: true } })
    const end = await ending(host, "secretive")
    await host.call("watch", "secretive")
    await host.notice(({ notice }) => notice === "over")
    const shown = [end, await host.call("nodes", "secretive"), await host.call("why", "secretive"), host.notices]
    expect(JSON.stringify(shown)).not.toContain(canary)
    const files = () => readdirSync(scene.directory).filter((name) => name !== "trace" && !name.endsWith("-owners"))
    const leaking = () => files().filter((name) => readFileSync(join(scene.directory, name), "latin1").includes(canary))
    expect(leaking()).toEqual([])
    await scene.close()
    expect(leaking()).toEqual([])
    const { events } = await scene.inspect("secretive")
    expect(ofType(events, "NodeFinished").find(({ event }) => event.path === "use")?.event.ending.phase).toBe(
      "Succeeded"
    )
  })
})
