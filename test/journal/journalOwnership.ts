/** Contract cases of several processes: claims, fencing, commands, notices (J3). */
import { expect, it } from "vitest"
import { append, createRun, event, noticesOf, runRow, until } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalOwnership = (world: () => JournalWorld): void => {
  claims(world)
  fencing(world)
  commands(world)
  notices(world)
}

const claims = (world: () => JournalWorld): void => {
  it("nextKey() gives every run of every process a number of its own", () => {
    const [a, b] = [world().open(), world().open()]
    const keys = [a.nextKey(), b.nextKey(), a.nextKey(), b.nextKey()]
    expect(new Set(keys).size).toBe(4)
    expect(keys[2]).toBeGreaterThan(keys[0]!)
    expect(keys.every(Number.isSafeInteger)).toBe(true)
  })

  it("claim() takes the open runs of its workflows that nobody executes, oldest first", async () => {
    const [a, b] = [world().open(), world().open()]
    const young = await createRun(world(), a, "young", { owner: null, createdAt: 20 })
    const old = await createRun(world(), a, "old", { owner: null, createdAt: 10, phase: "Pending" })
    await createRun(world(), a, "ended", { owner: null, phase: "Succeeded" })
    await createRun(world(), a, "owned")
    await createRun(world(), a, "other", { owner: null, workflow: "other" })
    expect(b.claim({})).toEqual([])
    const claimed = b.claim({ workflows: ["report", "unknown"] })
    expect(claimed).toEqual([{ ...old, owner: b.process }, { ...young, owner: b.process }])
    expect(a.getRun(old.key)?.owner).toBe(b.process)
    expect(b.claim({ workflows: ["report"] })).toEqual([])
  })

  it("claim() of one run takes it even when it has ended, but not from a living process", async () => {
    const [a, b] = [world().open(), world().open()]
    const free = await createRun(world(), a, "free", { owner: null, phase: "Failed" })
    const owned = await createRun(world(), a, "owned")
    expect(b.claim({ run: owned.key })).toEqual([])
    expect(b.claim({ run: free.key })).toEqual([{ ...free, owner: b.process }])
    expect(b.claim({ run: -1 })).toEqual([])
  })

  it("release() gives back only what the process owns, after what it had queued", async () => {
    const [a, b] = [world().open(), world().open()]
    const run = await createRun(world(), a, "r")
    const other = await createRun(world(), b, "s")
    a.append([event(run.key, 1)])
    a.release([run.key, other.key])
    expect([b.getRun(run.key)?.owner, b.getRun(other.key)?.owner]).toEqual([null, b.process])
    expect(b.lastSeq(run.key)).toBe(1)
    expect(b.claim({ workflows: ["report"] })).toHaveLength(1)
  })

  it("close() gives back all runs and tells the others", async () => {
    const [a, b] = [world().open(), world().open()]
    const heard = noticesOf(b)
    const run = await createRun(world(), a, "r")
    expect([b.isAlive(a.process), b.isAlive(b.process)]).toEqual([true, true])
    a.close()
    await until(world(), () => heard.some((notice) => notice.type === "died" && notice.process === a.process))
    expect(b.isAlive(a.process)).toBe(false)
    expect(b.claim({ workflows: ["report"] })).toEqual([{ ...run, owner: b.process }])
  })
}

const fencing = (world: () => JournalWorld): void => {
  it("a process that was declared dead commits nothing any more (J3)", async () => {
    const [a, b] = [world().open(), world().open()]
    const run = await createRun(world(), a, "r")
    a.append([event(run.key, 1)])
    world().fence(a)
    expect(b.isAlive(a.process)).toBe(false)
    expect(b.claim({})).toEqual([{ ...run, owner: b.process }])
    expect((await append(world(), a, [event(run.key, 2)]))?.reason).toBe("Fenced")
    expect(() => a.release([run.key])).toThrow(expect.objectContaining({ reason: "Fenced" }))
    expect(() => a.claim({})).toThrow(expect.objectContaining({ reason: "Fenced" }))
    expect(b.lastSeq(run.key)).toBe(0)
    a.close()
    expect(b.getRun(run.key)?.owner).toBe(b.process)
  })

  it("a process number is never used again", () => {
    const a = world().open()
    a.close()
    expect(world().open().process).toBeGreaterThan(a.process)
  })
}

const commands = (world: () => JournalWorld): void => {
  it("send() wakes the owner, whose inbox has the command until it is answered", async () => {
    const [a, b] = [world().open(), world().open()]
    const heard = noticesOf(a)
    const run = await createRun(world(), a, "r")
    const first = b.send(run.key, "stop", `{"mode":"stop"}`)
    const second = b.send(run.key, "retry", "{}")
    await until(world(), () => heard.some(({ type }) => type === "commands"))
    expect(a.inbox().map(({ id }) => id)).toEqual([first, second])
    expect(b.inbox()).toEqual([])
    await append(world(), a, [{ kind: "answer", command: first, answer: "{}" }])
    expect(a.inbox()).toEqual([{ id: second, run: run.key, verb: "retry", args: "{}", answer: null }])
    expect(b.command(first)).toEqual({ id: first, run: run.key, verb: "stop", args: `{"mode":"stop"}`, answer: "{}" })
  })

  it("send() wakes its own process, also for a run that is not stored yet", async () => {
    const a = world().open()
    const heard = noticesOf(a)
    const row = runRow(a, "r")
    a.append([{ kind: "create", row }])
    a.send(row.key, "stop", "{}")
    expect(heard).toEqual([])
    await until(world(), () => heard.some(({ type }) => type === "commands"))
    a.flush()
    expect(a.inbox()).toHaveLength(1)
  })

  it("send() keeps a command for whoever claims the run, and refuses a run that does not exist", async () => {
    const [a, b] = [world().open(), world().open()]
    const run = await createRun(world(), a, "r", { owner: null })
    a.send(run.key, "stop", "{}")
    b.claim({ workflows: ["report"] })
    expect(b.inbox()).toHaveLength(1)
    expect(() => a.send(b.nextKey(), "stop", "{}")).toThrow(expect.objectContaining({ reason: "NotFound" }))
  })
}

const notices = (world: () => JournalWorld): void => {
  it("subscribe() tells which runs a commit touched, until it is ended", async () => {
    const a = world().open()
    const heard: Array<unknown> = []
    const end = a.subscribe((notice) => heard.push(notice))
    const run = await createRun(world(), a, "r")
    await until(world(), () => heard.length > 0)
    end()
    await append(world(), a, [event(run.key, 1)])
    expect(heard).toEqual([{ type: "committed", runs: new Set([run.key]) }])
  })

  it("watch() asks for notices of others' commits, until it is ended", async () => {
    const [a, b] = [world().open(), world().open()]
    const heard = noticesOf(b)
    const foreign = (): number => heard.filter(({ type }) => type === "foreign").length
    const [end, endOther] = [b.watch(), b.watch()]
    end()
    end()
    const run = await createRun(world(), a, "r")
    let seq = 0
    await until(world(), () => {
      // The request to watch is on its way for a moment; commits go on until it has arrived.
      a.append([event(run.key, ++seq)])
      return foreign() > 0
    })
    endOther()
    const before = heard.length
    b.send(run.key, "stop", "{}")
    const after = noticesOf(a)
    await until(world(), () => a.inbox().length > 0 || after.length > 0)
    expect(heard.slice(before).filter(({ type }) => type !== "foreign")).toEqual([])
  })

  it("an answer alone is told to those who watch, and the first answer stands", async () => {
    const [a, b] = [world().open(), world().open()]
    const run = await createRun(world(), a, "r")
    const end = b.watch()
    const id = b.send(run.key, "stop", "{}")
    await until(world(), () => a.inbox().length > 0)
    const heard = noticesOf(b)
    // The request to watch is on its way for a moment: what is told must be the answer, not a commit that came before.
    await append(world(), a, [event(run.key, 1)])
    await until(world(), () => heard.some(({ type }) => type === "foreign"))
    const before = heard.length
    await append(world(), a, [{ kind: "answer", command: id, answer: "first" }])
    await until(world(), () => heard.slice(before).some(({ type }) => type === "foreign"))
    await append(world(), a, [{ kind: "answer", command: id, answer: "second" }])
    expect(b.command(id)?.answer).toBe("first")
    end()
  })

  it("offer() gives runs back and tells the others that they are to be had; release() tells nobody to take them", async () => {
    const [a, b] = [world().open(), world().open()]
    const [one, two] = [await createRun(world(), a, "one"), await createRun(world(), a, "two")]
    const heard = noticesOf(b)
    const freed = (): number => heard.filter(({ type }) => type === "freed").length
    a.release([one.key])
    expect(b.claim({ run: one.key })).toHaveLength(1)
    a.offer([two.key])
    await until(world(), () => freed() > 0)
    expect([freed(), b.claim({ run: two.key }).length]).toEqual([1, 1])
  })
}
