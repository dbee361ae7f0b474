/** Contract cases of several processes: claims, fencing, commands, notices (J3). */
import { expect, it } from "vitest"
import { append, close, createRun, event, noticesOf, reasonOf, runRow, until } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalOwnership = (world: () => JournalWorld): void => {
  claims(world)
  fencing(world)
  commands(world)
  notices(world)
}

const claims = (world: () => JournalWorld): void => {
  it("nextKey() gives every run of every process a number of its own", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const keys = [a.nextKey(), b.nextKey(), a.nextKey(), b.nextKey()]
    expect(new Set(keys).size).toBe(4)
    expect(keys[2]).toBeGreaterThan(keys[0]!)
    expect(keys.every(Number.isSafeInteger)).toBe(true)
  })

  it("claim() takes the open runs of its workflows that nobody executes, oldest first", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const young = await createRun(world(), a, "young", { owner: null, createdAt: 20 })
    const old = await createRun(world(), a, "old", { owner: null, createdAt: 10, phase: "Pending" })
    await createRun(world(), a, "ended", { owner: null, phase: "Succeeded" })
    await createRun(world(), a, "owned")
    await createRun(world(), a, "other", { owner: null, workflow: "other" })
    expect(await b.claim({})).toEqual([])
    const claimed = await b.claim({ workflows: ["report", "unknown"] })
    expect(claimed).toEqual([{ ...old, owner: b.process }, { ...young, owner: b.process }])
    expect((await a.getRun(old.key))?.owner).toBe(b.process)
    expect(await b.claim({ workflows: ["report"] })).toEqual([])
  })

  it("claim() of one run takes it even when it has ended, but not from a living process", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const free = await createRun(world(), a, "free", { owner: null, phase: "Failed" })
    const owned = await createRun(world(), a, "owned")
    expect(await b.claim({ run: owned.key })).toEqual([])
    expect(await b.claim({ run: free.key })).toEqual([{ ...free, owner: b.process }])
    expect(await b.claim({ run: -1 })).toEqual([])
  })

  it("release() gives back only what the process owns, after what it had queued", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const run = await createRun(world(), a, "r")
    const other = await createRun(world(), b, "s")
    a.append([event(run.key, 1)])
    await a.release([run.key, other.key])
    expect([(await b.getRun(run.key))?.owner, (await b.getRun(other.key))?.owner]).toEqual([null, b.process])
    expect(await b.lastSeq(run.key)).toBe(1)
    expect(await b.claim({ workflows: ["report"] })).toHaveLength(1)
  })

  it("an end is written as a whole, whatever others have changed of the run since this process wrote it", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const run = await createRun(world(), a, "r")
    await a.release([run.key])
    const [taken] = await b.claim({ workflows: ["report"] })
    const changed = { ...taken!, digest: "d2", priority: 7, labels: { team: "red" }, origin: "q", inputSeq: 3 }
    await append(world(), b, [{ kind: "run", row: changed }])
    await b.release([run.key])
    expect(await a.claim({ workflows: ["report"] })).toEqual([{ ...changed, owner: a.process }])
    const ended = { ...run, phase: "Succeeded", finishedAt: 1_795_000_000_009, resultSeq: 9 } as const
    await append(world(), a, [{ kind: "run", row: ended }])
    expect(await a.getRun(run.key)).toEqual({ ...ended, owner: null })
  })

  it("an end is written as a whole after changes of the same group, and of one that was refused", async () => {
    const a = await world().open()
    const run = await createRun(world(), a, "r")
    const changed = { ...run, priority: 7, labels: { team: "red" } }
    const ended = { ...changed, phase: "Succeeded", finishedAt: 1_795_000_000_009, resultSeq: 9 } as const
    a.append([{ kind: "run", row: changed }])
    a.append([{ kind: "create", row: runRow(a, "r") }])
    await append(world(), a, [{ kind: "run", row: ended }])
    expect(await a.getRun(run.key)).toEqual({ ...ended, owner: null })
  })

  it("close() gives back all runs and tells the others", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const heard = noticesOf(b)
    const run = await createRun(world(), a, "r")
    const ended = await createRun(world(), a, "ended", { owner: null, phase: "Failed" })
    await a.claim({ run: ended.key })
    expect([await b.isAlive(a.process), await b.isAlive(b.process)]).toEqual([true, true])
    await close(a)
    await until(world(), () => heard.some((notice) => notice.type === "died" && notice.process === a.process))
    expect(await b.isAlive(a.process)).toBe(false)
    expect((await b.getRun(ended.key))?.owner).toBe(null)
    expect(await b.claim({ workflows: ["report"] })).toEqual([{ ...run, owner: b.process }])
  })
}

const fencing = (world: () => JournalWorld): void => {
  it("a process that was declared dead commits nothing any more (J3)", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const run = await createRun(world(), a, "r")
    await world().fence(a)
    a.append([event(run.key, 1)])
    expect(await b.isAlive(a.process)).toBe(false)
    expect(await b.claim({})).toEqual([{ ...run, owner: b.process }])
    expect((await append(world(), a, [event(run.key, 2)]))?.reason).toBe("Fenced")
    expect(await reasonOf(() => a.release([run.key]))).toBe("Fenced")
    expect(await reasonOf(() => a.claim({}))).toBe("Fenced")
    expect(await b.lastSeq(run.key)).toBe(0)
    await close(a)
    expect((await b.getRun(run.key))?.owner).toBe(b.process)
  })

  it("a process number is never used again", async () => {
    const a = await world().open()
    await close(a)
    expect((await world().open()).process).toBeGreaterThan(a.process)
  })
}

const commands = (world: () => JournalWorld): void => {
  it("send() wakes the owner, whose inbox has the command until it is answered", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const heard = noticesOf(a)
    const run = await createRun(world(), a, "r")
    const first = await b.send(run.key, "stop", `{"mode":"stop"}`)
    const second = await b.send(run.key, "retry", "{}")
    await until(world(), () => heard.some(({ type }) => type === "commands"))
    expect((await a.inbox()).map(({ id }) => id)).toEqual([first, second])
    expect(await b.inbox()).toEqual([])
    await append(world(), a, [{ kind: "answer", command: first, answer: "{}" }])
    expect(await a.inbox()).toEqual([{ id: second, run: run.key, verb: "retry", args: "{}", answer: null }])
    expect(await b.command(first)).toEqual({
      id: first,
      run: run.key,
      verb: "stop",
      args: `{"mode":"stop"}`,
      answer: "{}"
    })
  })

  it("send() wakes its own process, also for a run that is not stored yet", async () => {
    const a = await world().open()
    const heard = noticesOf(a)
    const row = runRow(a, "r")
    a.append([{ kind: "create", row }])
    const sent = a.send(row.key, "stop", "{}")
    expect(heard).toEqual([])
    await sent
    await until(world(), () => heard.some(({ type }) => type === "commands"))
    await a.flush()
    expect(await a.inbox()).toHaveLength(1)
  })

  it("send() keeps a command for whoever claims the run, and refuses a run that does not exist", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const run = await createRun(world(), a, "r", { owner: null })
    await a.send(run.key, "stop", "{}")
    await b.claim({ workflows: ["report"] })
    expect(await b.inbox()).toHaveLength(1)
    expect(await reasonOf(() => a.send(b.nextKey(), "stop", "{}"))).toBe("NotFound")
  })
}

const notices = (world: () => JournalWorld): void => {
  it("subscribe() tells which runs a commit touched, until it is ended", async () => {
    const a = await world().open()
    const heard: Array<unknown> = []
    const end = a.subscribe((notice) => heard.push(notice))
    const run = await createRun(world(), a, "r")
    await until(world(), () => heard.length > 0)
    end()
    await append(world(), a, [event(run.key, 1)])
    expect(heard).toEqual([{ type: "committed", runs: new Set([run.key]) }])
  })

  it("watch() asks for notices of others' commits, until it is ended", async () => {
    const [a, b] = [await world().open(), await world().open()]
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
    await b.send(run.key, "stop", "{}")
    const after = noticesOf(a)
    await until(world(), async () => (await a.inbox()).length > 0 || after.length > 0)
    expect(heard.slice(before).filter(({ type }) => type !== "foreign")).toEqual([])
  })

  it("an answer alone is told to those who watch, and the first answer stands", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const run = await createRun(world(), a, "r")
    const end = b.watch()
    const id = await b.send(run.key, "stop", "{}")
    await until(world(), async () => (await a.inbox()).length > 0)
    const heard = noticesOf(b)
    // The request to watch is on its way for a moment: what is told must be the answer, not a commit that came before.
    await append(world(), a, [event(run.key, 1)])
    await until(world(), () => heard.some(({ type }) => type === "foreign"))
    const before = heard.length
    await append(world(), a, [{ kind: "answer", command: id, answer: "first" }])
    await until(world(), () => heard.slice(before).some(({ type }) => type === "foreign"))
    await append(world(), a, [{ kind: "answer", command: id, answer: "second" }])
    expect((await b.command(id))?.answer).toBe("first")
    end()
  })

  it("offer() gives runs back and tells the others that they are to be had; release() tells nobody to take them", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const [one, two] = [await createRun(world(), a, "one"), await createRun(world(), a, "two")]
    const heard = noticesOf(b)
    const freed = (): number => heard.filter(({ type }) => type === "freed").length
    await a.release([one.key])
    expect(await b.claim({ run: one.key })).toHaveLength(1)
    await a.offer([two.key])
    await until(world(), () => freed() > 0)
    expect([freed(), (await b.claim({ run: two.key })).length]).toEqual([1, 1])
  })
}
