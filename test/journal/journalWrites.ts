/** Contract cases of writing: order, atomic groups, answers (J1, J2, J4). */
import { expect, it } from "vitest"
import type { Write } from "../../src/journal/Journal.ts"
import type { JournalError } from "../../src/journal/JournalError.ts"
import type { NodeRow, RunRow } from "../../src/run/State.ts"
import { append, close, createRun, event, nodeRow, noticesOf, reasonOf, runRow, until } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalWrites = (world: () => JournalWorld): void => {
  order(world)
  memos(world)
  cells(world)
  failures(world)
  rows(world)
  deletion(world)
  closing(world)
}

const order = (world: () => JournalWorld): void => {
  it("append() answers once, after it returned, in the order of the calls (J2)", async () => {
    const journal = await world().open()
    const { key } = await createRun(world(), journal, "r")
    const answers: Array<number> = []
    for (let seq = 1; seq <= 1000; seq++) journal.append([event(key, seq)], () => answers.push(seq))
    expect(answers).toEqual([])
    await until(world(), () => answers.length >= 1000)
    for (let turns = 0; turns < 10; turns++) await world().tick()
    expect(answers).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1))
    expect(await journal.lastSeq(key)).toBe(1000)
  })

  it("append() divides a long queue into several groups, and never one append", async () => {
    const journal = await world().open()
    const { key } = await createRun(world(), journal, "r")
    const notices = noticesOf(journal)
    let answers = 0
    const long = Array.from({ length: 1200 }, (_, n) => event(key, n + 1))
    journal.append(long, () => answers++)
    for (let seq = 1201; seq <= 2600; seq++) journal.append([event(key, seq)], () => answers++)
    await until(world(), () => answers === 1401)
    expect(notices.filter(({ type }) => type === "committed").length).toBeGreaterThan(1)
  })

  it("flush() commits at once what is queued", async () => {
    const journal = await world().open()
    const row = runRow(journal, "r")
    let answered = false
    journal.append([{ kind: "create", row }], () => {
      answered = true
    })
    expect(answered).toBe(false)
    await journal.flush()
    expect(await journal.findRun("r")).toEqual(row)
    expect(answered).toBe(true)
  })

  it("append() may be called from an answer, and a throwing answer keeps no other from being called", async () => {
    const journal = await world().open()
    const answers: Array<string> = []
    journal.append([], () => {
      answers.push("first")
      journal.append([], () => answers.push("third"))
      throw new Error("thrown by an answer")
    })
    journal.append([], () => answers.push("second"))
    await expect((async () => journal.flush())()).rejects.toThrow("thrown by an answer")
    await until(world(), () => answers.length === 3)
    expect(answers).toEqual(["first", "second", "third"])
  })
}

const memos = (world: () => JournalWorld): void => {
  it("remembered results are listed, counted, forgotten and evicted, the least recently used first", async () => {
    const journal = await world().open()
    const memo = (cache: string, key: string, createdAt: number): Write => ({
      kind: "memo",
      row: { cache, key, value: '"é"', createdAt, runId: "r", path: "n", parts: "[]", millis: 3 }
    })
    const listed = async (cache?: string) =>
      (await journal.memos(cache === undefined ? {} : { cache })).map(({ cache, key }) => `${cache} ${key}`)
    const all = [1, 2, 3, 4].map((n) => memo("c", `k${n}`, n))
    await append(world(), journal, [...all, memo("d", "k", 5)])
    expect(await listed()).toEqual(["d k", "c k4", "c k3", "c k2", "c k1"])
    expect(await listed("d")).toEqual(["d k"])
    const beyond = async (place: readonly [string, string], cache?: string) =>
      (await journal.memos({ beyond: place, limit: 2, ...cache === undefined ? {} : { cache } })).map(({ key }) => key)
    expect([await beyond(["", ""]), await beyond(["c", "k2"]), await beyond(["c", "k4"]), await beyond(["d", "k"])])
      .toEqual([["k1", "k2"], ["k3", "k4"], ["k"], []])
    expect([await beyond(["c", ""], "c"), await beyond(["c", "k3"], "c")]).toEqual([["k1", "k2"], ["k4"]])
    await append(world(), journal, [{ kind: "memoUsed", cache: "c", key: "k1", at: 9, uses: 2 }])
    const [used] = (await journal.memos({ cache: "c" })).slice(-1)
    expect(used).toMatchObject({ key: "k1", size: 4, usedAt: 9, uses: 2, millis: 3 })
    await append(world(), journal, [{ kind: "evict", entries: 3, bytes: 1000 }])
    expect(await listed()).toEqual(["d k", "c k4", "c k1"])
    await append(world(), journal, [{ kind: "evict", entries: 3, bytes: 8 }])
    expect(await listed()).toEqual(["d k", "c k1"])
    await append(world(), journal, [{ kind: "forget", before: 5 }])
    expect(await listed()).toEqual(["d k"])
    await append(world(), journal, [{ kind: "forget", cache: "d", key: "k", before: 5 }])
    expect(await listed()).toEqual(["d k"])
    await append(world(), journal, [{ kind: "forget", cache: "d", key: "k", before: 6 }])
    expect(await listed()).toEqual([])
  })

  it("what tells of a code goes with the last result that was made by it", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const memo = (key: string, code: string, createdAt: number): Write => ({
      kind: "memo",
      row: { cache: "c", key, value: "1", createdAt, runId: "r", path: "n", parts: "[]", millis: 3 },
      code: { digest: `code:${code}`, text: code }
    })
    const kept = async () =>
      (await Promise.all(["x", "y"].map((code) => b.definition(`code:${code}`)))).filter((it) => it !== undefined)
    await append(world(), a, [
      { kind: "definition", digest: "code:x", text: "x" },
      memo("1", "x", 1),
      memo("2", "x", 2)
    ])
    await append(world(), b, [memo("3", "y", 3), memo("4", "y", 4)])
    await append(world(), a, [{ kind: "forget", key: "1" }, { kind: "evict", entries: 2, bytes: 1000 }])
    expect(await kept()).toEqual(["y"])
    await append(world(), b, [{ kind: "forget", before: 4 }])
    expect(await kept()).toEqual(["y"])
    // One that takes the place of the last.
    await append(world(), b, [memo("4", "y", 5)])
    expect(await kept()).toEqual(["y"])
    await append(world(), a, [memo("5", "x", 6), { kind: "forget" }, memo("6", "x", 7)])
    expect(await kept()).toEqual(["x"])
  })

  it("a memo is there for every process, the latest under its key, and outlives its run", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const { key: run } = await createRun(world(), a, "r")
    const memo = (cache: string, key: string, value: string): Write => ({
      kind: "memo",
      row: { cache, key, value, createdAt: 1, runId: "r", path: "n", parts: "[]", millis: 3 }
    })
    // Both at once, as two processes that share a file.
    await Promise.all([
      append(world(), a, [memo("c", "x", "1"), memo("c", "y", "2")]),
      append(world(), b, [memo("c", "z", "3"), memo("d", "x", "4")])
    ])
    await append(world(), b, [memo("c", "x", "5"), { kind: "delete", run }])
    for (const journal of [a, b]) {
      const found = [["c", "x"], ["c", "y"], ["c", "z"], ["d", "x"], ["d", "y"]].map(async ([cache, key]) =>
        (await journal.memo(cache!, key!))?.value
      )
      expect(await Promise.all(found)).toEqual(["5", "2", "3", "4", undefined])
    }
  })
}

const cells = (world: () => JournalWorld): void => {
  const cell = (key: string, was: string | null, data: string | null): Write => ({
    kind: "cell",
    space: "s",
    key,
    was,
    data
  })

  it("a cell is replaced only by who knows what it holds, in any process; the append of another is refused whole", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const answers: Array<string | undefined> = []
    const answer = (error: JournalError | undefined): number => answers.push(error?.reason ?? "stored")
    const put = (journal: typeof a, ...writes: ReadonlyArray<Write>) => journal.append(writes, answer)
    put(a, cell("x", null, "1"), { kind: "create", row: runRow(a, "first") })
    put(a, cell("x", null, "2"), { kind: "create", row: runRow(a, "late") })
    put(a, cell("x", "1", "3"), cell("x", "3", "4"))
    put(a, cell("x", "4", "5"), cell("y", "1", "5"))
    await until(world(), () => answers.length === 4)
    put(b, cell("x", "1", "6"))
    await until(world(), () => answers.length === 5)
    put(b, cell("x", "4", "7"))
    await until(world(), () => answers.length === 6)
    put(a, cell("x", "4", "8"))
    await until(world(), () => answers.length === 7)
    expect(answers).toEqual(["stored", "Stale", "stored", "Stale", "Stale", "stored", "Stale"])
    for (const journal of [a, b]) {
      expect((await journal.cell("s", "x"))?.data).toBe("7")
      expect(await journal.cell("s", "y")).toBeUndefined()
      expect((await journal.findRun("first"))?.id).toBe("first")
      expect(await journal.findRun("late")).toBeUndefined()
    }
  })

  it("cells of a space are listed by their keys; null removes one", async () => {
    const journal = await world().open()
    await append(world(), journal, ["b", "a", "c", "d"].map((key) => cell(key, null, `"${key}"`)))
    await append(world(), journal, [cell("c", '"c"', null), { ...cell("z", null, "1"), space: "t" } as Write])
    const keys = async (query?: Parameters<typeof journal.cells>[1]) =>
      (await journal.cells("s", query)).map(({ key }) => key)
    expect(await keys()).toEqual(["a", "b", "d"])
    expect(await keys({ from: "b" })).toEqual(["b", "d"])
    expect(await keys({ from: "b", before: "d" })).toEqual(["b"])
    expect(await keys({ backwards: true, limit: 2 })).toEqual(["d", "b"])
    expect(await journal.cells("t")).toEqual([{ space: "t", key: "z", data: "1" }])
  })
}

const failures = (world: () => JournalWorld): void => {
  it("append() refuses a run whose id exists, whole and alone", async () => {
    const journal = await world().open()
    const first = await createRun(world(), journal, "r")
    const second = runRow(journal, "r")
    const third = runRow(journal, "s")
    const answers: Array<string | undefined> = []
    const answer = (error: JournalError | undefined): number => answers.push(error?.reason)
    journal.append([event(second.key, 1), { kind: "create", row: second }], answer)
    journal.append([{ kind: "create", row: third }, { kind: "create", row: { ...third, key: third.key + 1 } }], answer)
    journal.append([event(first.key, 1)], answer)
    await until(world(), () => answers.length === 3)
    expect(answers).toEqual(["Exists", "Exists", undefined])
    expect(await journal.events(second.key, 0)).toEqual([])
    expect(await journal.findRun("s")).toBeUndefined()
    expect(await journal.findRun("r")).toEqual(first)
  })

  it("append() refuses what it cannot store, whole and alone: the rest of the group is stored, the journal goes on (J1, J6)", async () => {
    const journal = await world().open()
    const { key } = await createRun(world(), journal, "r")
    const { key: other } = await createRun(world(), journal, "s")
    await append(world(), journal, [event(key, 1)])
    const answers: Array<string | undefined> = []
    const answer = (error: JournalError | undefined): number => answers.push(error?.reason)
    journal.append([event(other, 1)], answer)
    journal.append([event(key, 2), event(key, 1)], answer)
    journal.append([event(other, 2)], answer)
    journal.append([event(other, 3), { kind: "semaphore", row: { ...limit, limit: 1.5 } }], answer)
    journal.append([{ kind: "semaphore", row: limit }], answer)
    await until(world(), () => answers.length === 5)
    expect(answers).toEqual([undefined, "Conflict", undefined, "Invalid", undefined])
    expect([await journal.lastSeq(key), await journal.lastSeq(other)]).toEqual([1, 2])
    expect((await journal.semaphores()).map(({ limit }) => limit)).toEqual([4])
    await close(journal)
    const again = await world().open()
    expect([await again.lastSeq(key), await again.lastSeq(other)]).toEqual([1, 2])
  })

  it("append() refuses what follows a refused append of the same run, until the run is claimed again (J6)", async () => {
    const journal = await world().open()
    const { key } = await createRun(world(), journal, "r")
    const { key: other } = await createRun(world(), journal, "s")
    expect((await append(world(), journal, [{ kind: "node", row: { ...nodeRow(key, "a"), until: 1.5 } }]))?.reason)
      .toBe("Invalid")
    expect((await append(world(), journal, [event(key, 2)]))?.reason).toBe("Invalid")
    expect(await append(world(), journal, [event(other, 1)])).toBeUndefined()
    await journal.release([key])
    expect(await journal.claim({ run: key })).toHaveLength(1)
    expect(await append(world(), journal, [event(key, 1)])).toBeUndefined()
    expect(await journal.lastSeq(key)).toBe(1)
  })

  it.each(oddIntegers)("append() refuses %s where an integer belongs, and its message is true", async (odd) => {
    const journal = await world().open()
    const run = await createRun(world(), journal, "r")
    const writes: ReadonlyArray<ReadonlyArray<Write>> = [
      [{ kind: "run", row: { ...run, priority: odd } }],
      [{ kind: "node", row: { ...nodeRow(run.key, "a"), until: odd } }],
      [{ kind: "request", row: { run: run.key, path: "", priority: odd, takes: [{ name: "m", weight: 1 }] }, at: 1 }]
    ]
    for (const [write] of writes) {
      const error = await append(world(), journal, [write!])
      expect(error?.reason).toBe("Invalid")
      expect(error?.message).not.toContain("two executions")
      await journal.release([run.key])
      await journal.claim({ run: run.key })
    }
    expect((await journal.getRun(run.key))?.priority).toBe(run.priority)
  })
}

const oddIntegers = [1.5, NaN, Infinity, -Infinity, 1e300]

const limit = { name: "m", limit: 4, per: null, source: "code", problem: null } as const

const rows = (world: () => JournalWorld): void => {
  it("a run is stored the same whether it changes in one group or in many", async () => {
    const journal = await world().open()
    const changes = (id: string): ReadonlyArray<Write> => {
      const row = runRow(journal, id, { phase: "Pending" })
      const run = (fields: Partial<RunRow>): Write => ({ kind: "run", row: { ...row, ...fields } })
      const artifacts: Write = { kind: "due", artifact: "none" }
      return [
        { kind: "create", row },
        run({ phase: "Running", message: "begun" }),
        artifacts,
        run({ phase: "Running", message: "on" }),
        run({ phase: "Succeeded", finishedAt: 9 }),
        run({ phase: "Running", epoch: 2 })
      ]
    }
    for (let many = 1; many <= changes("").length; many++) {
      const [one, each] = [changes(`one${many}`).slice(0, many), changes(`each${many}`).slice(0, many)]
      await append(world(), journal, one)
      for (const write of each) await append(world(), journal, [write])
      const rows = await Promise.all([one, each].map(([first]) => journal.getRun((first as { row: RunRow }).row.key)))
      expect({ ...rows[0], key: 0, id: "" }).toEqual({ ...rows[1], key: 0, id: "" })
      expect(rows[0]?.owner).toBe(many >= 5 ? null : journal.process)
    }
  })

  it("of two runs with one id in one group the first is stored, and the other refused", async () => {
    const journal = await world().open()
    const [a, b] = [runRow(journal, "r"), runRow(journal, "r", { workflow: "other" })]
    const answers: Array<string | undefined> = []
    for (const row of [a, b]) journal.append([{ kind: "create", row }], (error) => answers.push(error?.reason))
    await until(world(), () => answers.length === 2)
    expect(answers).toEqual([undefined, "Exists"])
    expect(await journal.findRun("r")).toEqual(a)
  })

  it("append() stores rows as they are, and the latest wins", async () => {
    const journal = await world().open()
    const run = await createRun(world(), journal, "r")
    const ended = {
      ...run,
      workflow: `${run.workflow}@2`,
      phase: "Failed",
      reason: "TaskFailed",
      message: "no",
      stopping: "stop",
      finishedAt: 5,
      resultSeq: 9
    } as const
    const node = nodeRow(run.key, "a/b[3]", {
      progress: { done: 1, total: 2, note: "half" },
      waiting: "Retry",
      until: 7
    })
    const line = { run: run.key, path: "a", attempt: 1, at: 3, level: "warn", text: "ümlaut \u0000 and more" } as const
    await append(world(), journal, [{ kind: "node", row: { ...node, phase: "Pending" } }, { kind: "run", row: ended }])
    await append(world(), journal, [{ kind: "node", row: node }, { kind: "log", row: line }, event(run.key, 1)])
    await append(world(), journal, [
      { kind: "plan", digest: "d1", workflow: "report", json: "{}" },
      { kind: "definition", digest: "m1", text: "kept" },
      { kind: "definition", digest: "m1", text: "the first one stands" }
    ])
    const reader = await world().open()
    expect(await reader.getRun(run.key)).toEqual({ ...ended, owner: null })
    expect(await reader.nodes(run.key)).toEqual([node])
    expect(await reader.logs(run.key)).toEqual([line])
    expect(await reader.plan("d1")).toBe("{}")
    expect(await reader.definition("m1")).toBe("kept")
    expect(await reader.events(run.key, 0)).toEqual([
      { run: "r", seq: 1, at: 1_795_000_000_001, event: { type: "RunSuspended", n: 1 } }
    ])
  })

  it("one group of many rows, about several runs and out of order, leaves what its last rows say", async () => {
    const journal = await world().open()
    const runs = [await createRun(world(), journal, "a"), await createRun(world(), journal, "b")]
    const [gone] = [await createRun(world(), journal, "gone")]
    const plain = (run: number, n: number) => nodeRow(run, `n${n}`, { attempts: n, inputSeq: n + 1 })
    const other = (run: number, n: number) =>
      nodeRow(run, `n${n}`, { phase: "Failed", reason: "Timeout", message: "late" })
    const latest = new Map<string, NodeRow>()
    const writes = Array.from({ length: 150 }, (_, n): ReadonlyArray<Write> => {
      const { key } = runs[n % 2]!
      // Each node twice or thrice: plain rows over others, others over plain ones.
      const row = (n % 3 === 0 ? other : plain)(key, n % 53)
      latest.set(`${key}/${row.path}`, row)
      return [event(key, Math.floor(n / 2) + 1), { kind: "node", row }]
    })
    const lost: ReadonlyArray<Write> = [event(gone.key, 1), { kind: "node", row: plain(gone.key, 1) }]
    await append(world(), journal, [...writes.flat(), ...lost, { kind: "delete", run: gone.key }])
    for (const { key } of runs) {
      const expected = [...latest.values()].filter(({ run }) => run === key)
      expect(await journal.nodes(key)).toEqual(expected.toSorted((a, b) => a.path < b.path ? -1 : 1))
      expect((await journal.events(key, 0)).map(({ seq }) => seq)).toEqual(Array.from({ length: 75 }, (_, n) => n + 1))
    }
    expect([await journal.nodes(gone.key), await journal.events(gone.key, 0)]).toEqual([[], []])
  })

  it("append() leaves the owner of an open run to claims, and frees a run that ends", async () => {
    const journal = await world().open()
    const run = await createRun(world(), journal, "r")
    await append(world(), journal, [{ kind: "run", row: { ...run, owner: null, held: "no definition" } }])
    expect(await journal.getRun(run.key)).toEqual({ ...run, held: "no definition" })
    await append(world(), journal, [{ kind: "run", row: { ...run, phase: "Succeeded" } }])
    expect((await journal.getRun(run.key))?.owner).toBeNull()
  })
}

const deletion = (world: () => JournalWorld): void => {
  it("append() deletes every row of a run and of no other", async () => {
    const journal = await world().open()
    const [gone, kept] = [await createRun(world(), journal, "gone"), await createRun(world(), journal, "kept")]
    for (const { key } of [gone, kept]) {
      const log = { run: key, path: "a", attempt: 1, at: 1, level: "info", text: "x" } as const
      await append(world(), journal, [event(key, 1), { kind: "node", row: nodeRow(key, "a") }, {
        kind: "log",
        row: log
      }])
    }
    const command = await journal.send(gone.key, "stop", "{}")
    await append(world(), journal, [{ kind: "delete", run: gone.key }])
    const left = async (key: number) =>
      [await journal.events(key, 0), await journal.nodes(key), await journal.logs(key)].map((all) => all.length)
    expect([await journal.findRun("gone"), await journal.getRun(gone.key), await journal.command(command)]).toEqual([
      undefined,
      undefined,
      undefined
    ])
    expect(await left(gone.key)).toEqual([0, 0, 0])
    expect(await left(kept.key)).toEqual([1, 1, 1])
  })
}

const closing = (world: () => JournalWorld): void => {
  it("close() commits what is queued; afterwards appends fail and reads throw", async () => {
    const journal = await world().open()
    const row = runRow(journal, "r")
    const answers: Array<string | undefined> = []
    journal.append([{ kind: "create", row }], (error) => answers.push(error?.reason))
    await close(journal)
    await close(journal)
    journal.append([], (error) => answers.push(error?.reason))
    await until(world(), () => answers.length === 2)
    expect(answers).toEqual([undefined, "Closed"])
    expect(await reasonOf(() => journal.findRun("r"))).toBe("Closed")
    expect(await reasonOf(() => journal.claim({}))).toBe("Closed")
    expect(await reasonOf(() => journal.send(row.key, "stop", "{}"))).toBe("Closed")
    expect(await (await world().open()).findRun("r")).toEqual({ ...row, owner: null })
  })
}
