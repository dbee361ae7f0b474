/** What a node of a manifest shows is recorded where it begins, and where it waits to begin. */
import { answersOf } from "../journal/answers.ts"
import { describe, expect, it } from "vitest"
import { Bed } from "./run/Bed.ts"

const never = () => new Promise<void>(() => {})

const locked = `
entrypoint: both
templates:
- name: both
  dag:
    tasks:
    - {name: first, template: work}
    - {name: second, template: work}
- name: work
  synchronization: {mutexes: [{name: one}]}
  container: {image: a}`

describe("A node that waits for a lock", () => {
  it("is shown while it queues, with what it will be, and has no other node beneath it", async () => {
    const bed = await new Bed(locked, { work: never }).start()
    const [held, queued] = [".first", ".second"].map((name) => bed.node(name)!)
    expect(held).toMatchObject({ phase: "Running", type: "Pod", templateName: "work" })
    expect(queued).toMatchObject({ phase: "Pending", type: "Pod", templateName: "work", startedAt: "" })
    expect((await bed.run.nodes()).filter(({ path }) => path.includes("~"))).toEqual([])
  })

  it("begins once it has the lock, and its wait is no part of its time", async () => {
    let free = () => {}
    const bed = await new Bed(locked, { work: () => new Promise<void>((done) => free = done) }).start()
    await bed.engine.skip("1 minute")
    free()
    await bed.engine.settle()
    const [held, queued] = [".first", ".second"].map((name) => bed.node(name)!)
    expect(queued!.startedAt).toBe(held!.finishedAt)
    free()
    expect(await bed.end()).toBe("Succeeded")
  })

  it("is shown as before after its process was killed, and goes on", async () => {
    const ends: Array<() => void> = []
    const work = () => new Promise<void>((done) => void ends.push(done))
    const bed = await new Bed(locked, { work }).start()
    await bed.crash()
    await bed.engine.settle()
    expect(bed.phases).toMatchObject({ ".first": "Running", ".second": "Pending" })
    ends.at(-1)!()
    await bed.engine.settle()
    ends.at(-1)!()
    expect(await bed.end()).toBe("Succeeded")
  })
})

it("What a node shows is a field of its own: it is no input", async () => {
  const bed = await new Bed(`entrypoint: work\ntemplates: [{name: work, container: {image: a}}]`, { work: () => {} })
    .start()
  await bed.end()
  const { journal } = bed.engine.pinnace.engine.host
  const began = answersOf(journal).events(answersOf(journal).findRun(bed.run.id)!.key, 0).flatMap(({ event }) =>
    event.type === "NodeStarted" ? [event] : []
  )
  expect(began.map(({ input, shows }) => [input, shows?.name])).toEqual([[expect.anything(), undefined], [null, "wf"]])
})
