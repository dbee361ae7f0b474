/** Commands that are under way when the process that executes the run is killed. */
import Database from "better-sqlite3"
import { answersOf } from "../journal/answers.ts"
import { describe, expect, it, onTestFinished } from "vitest"
import { type Answer, open, type RunView } from "../../mod.ts"
import { ending, ofType, Scene } from "./fixture.ts"

/** How many commands in a file still wait for an answer. */
const unanswered = (file: string): number => {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare("SELECT count(*) FROM commands WHERE answer IS NULL").pluck().get() as number
  } finally {
    db.close()
  }
}

describe("A killed process and commands", () => {
  it("does not lose a stop that was answered (N10)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps", { kill: "stored-RunStopping:1" })
    await owner.body("begin", "two")
    const other = await scene.open([])
    const answer = other.call<Answer>("command", "steps", "stop")
    expect(await owner.exit).toBe("SIGKILL")
    const heir = await scene.open(["steps"])
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Failed", reason: "Stopped" })
    expect(await answer).toMatchObject({ ok: true })
    await scene.inspect("steps")
    expect([scene.begun("two"), scene.begun("three"), scene.begun(".onExit")]).toEqual([1, 0, 1])
  })

  it("has its run stopped with exit handlers, when it is told to stop while nobody executes it (N6)", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    await owner.kill()
    const other = await scene.open([])
    expect(await other.call("command", "steps", "stop")).toMatchObject({ ok: true })
    const heir = await scene.open(["steps"])
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Failed", reason: "Stopped" })
    await scene.inspect("steps")
    expect(scene.begun(".onExit")).toBe(1)
  })

  it("has a command acted upon once, by whoever has the run then, and never again", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps", { kill: "inbox:1" })
    await owner.body("begin", "two")
    const heir = await scene.open(["steps"])
    expect(await heir.call("command", "steps", "suspend")).toMatchObject({ ok: true })
    expect(await owner.exit).toBe("SIGKILL")
    expect(await heir.call("command", "steps", "resume")).toMatchObject({ ok: true })
    const third = await scene.open([])
    expect(await third.call("command", "steps", "suspend")).toMatchObject({ ok: true })
    expect(await third.call("command", "steps", "resume")).toMatchObject({ ok: true })
    expect((await heir.call<RunView>("status", "steps")).suspended).toBe(false)
    await heir.call("gate", "two")
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded" })
    const { events } = await scene.inspect("steps")
    expect(ofType(events, "RunSuspended")).toHaveLength(2)
  })

  it("has every command that waits for it answered by whoever takes its run over", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const [heir, other] = [await scene.open(["steps"]), await scene.open([])]
    owner.signal("SIGSTOP")
    const verbs = ["suspend", "suspend", "resume", "suspend", "resume"]
    const waiting = verbs.map((verb) => other.call<Answer>("command", "steps", verb))
    const settled = Promise.allSettled(waiting)
    await expect.poll(() => unanswered(scene.file), { timeout: 600_000 }).toBe(verbs.length)
    await owner.kill()
    const answers = await settled
    const failures = answers.flatMap((it) => it.status === "rejected" ? [String(it.reason)] : [])
    expect(failures).toEqual([])
    await heir.call("gate", "two")
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded" })
    await scene.inspect("steps")
  })

  it("has its run taken over also when a process that cannot execute it holds it for a moment", async () => {
    const scene = new Scene()
    const owner = await scene.start("steps")
    await owner.body("begin", "two")
    const heir = await scene.open(["steps"])
    const other = await open(scene.file)
    onTestFinished(() => other.close())
    const { journal } = other.engine.host
    // The moment in which a command is acted upon here, stretched until the heir has looked in vain.
    heir.signal("SIGSTOP")
    await owner.kill()
    const [claimed] = answersOf(journal).claim({ run: answersOf(journal).findRun("steps")!.key })
    heir.signal("SIGCONT")
    await heir.call("status", "steps")
    expect(await heir.call("live")).toBe(0)
    answersOf(journal).offer([claimed!.key])
    await heir.body("begin", "two")
    await heir.call("gate", "two")
    expect(await ending(heir, "steps")).toMatchObject({ phase: "Succeeded" })
    await other.close()
    await scene.inspect("steps")
  })
})
