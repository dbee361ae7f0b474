/** Contract cases of reading: lists, pages, events, logs. */
import { expect, it } from "vitest"
import type { RunQuery, Write } from "../../src/journal/Journal.ts"
import type { RunRow } from "../../src/run/State.ts"
import { append, createRun, event, nodeRow } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalReads = (world: () => JournalWorld): void => {
  lists(world)
  ofOneRun(world)
}

const lists = (world: () => JournalWorld): void => {
  it("listRuns() lists newest first, by workflow and phase, at most the limit", async () => {
    const [a, b] = [await world().open(), await world().open()]
    await createRun(world(), b, "second", { createdAt: 2, phase: "Failed" })
    await createRun(world(), a, "first", { createdAt: 1, workflow: "other", phase: "Succeeded" })
    await createRun(world(), a, "third", { createdAt: 3, phase: "Pending" })
    const ids = async (filter: RunQuery): Promise<ReadonlyArray<string>> =>
      (await a.listRuns(filter)).map(({ id }) => id)
    expect(await ids({})).toEqual(["third", "second", "first"])
    expect(await ids({ limit: 1 })).toEqual(["third"])
    expect(await ids({ limit: 1, skip: 1 })).toEqual(["second"])
    expect(await ids({ workflow: "report", skip: 1 })).toEqual(["second"])
    expect(await ids({ workflow: "report" })).toEqual(["third", "second"])
    expect(await ids({ phases: ["Failed", "Succeeded"] })).toEqual(["second", "first"])
    expect(await ids({ phases: ["Pending", "Running"] })).toEqual(["third"])
    expect(await ids({ phases: [] })).toEqual([])
    expect(await ids({ workflow: "other", phases: ["Failed"] })).toEqual([])
  })

  it("listRuns() pages through runs of one instant without losing or repeating any", async () => {
    const a = await world().open()
    for (let n = 0; n < 105; n++) await createRun(world(), a, `run-${n}`)
    const seen: Array<RunRow> = []
    for (
      let page = await a.listRuns({});
      page.length > 0;
      page = await a.listRuns({ before: seen.at(-1)!, limit: 2 })
    ) {
      seen.push(...page)
    }
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 105 }, (_, n) => `run-${104 - n}`))
  })

  it("listRuns() goes on from a run that was deleted", async () => {
    const a = await world().open()
    const rows: Array<RunRow> = []
    for (let n = 0; n < 4; n++) {
      rows.unshift(await createRun(world(), a, `run-${n}`, { createdAt: 1 + Math.floor(n / 2) }))
    }
    await append(world(), a, [{ kind: "delete", run: rows[1]!.key }])
    expect((await a.listRuns({ before: rows[1]!, limit: Infinity })).map(({ id }) => id)).toEqual(["run-1", "run-0"])
  })
}

const ofOneRun = (world: () => JournalWorld): void => {
  it("events() reads a range in order; lastSeq() is where it ends", async () => {
    const a = await world().open()
    const [run, other] = [await createRun(world(), a, "r"), await createRun(world(), a, "s")]
    await append(world(), a, [2, 1, 3].map((seq) => event(run.key, seq)))
    const seqs = async (after: number, limit?: number) => (await a.events(run.key, after, limit)).map(({ seq }) => seq)
    expect([await seqs(0), await seqs(1), await seqs(0, 2), await seqs(3)]).toEqual([[1, 2, 3], [2, 3], [1, 2], []])
    expect([await a.lastSeq(run.key), await a.lastSeq(other.key)]).toEqual([3, 0])
    expect(await a.events(other.key, 0)).toEqual([])
    expect((await a.eventsAt(run.key, [3, 1, 9])).map(({ run, seq }) => [run, seq])).toEqual([["r", 1], ["r", 3]])
    expect([await a.eventsAt(run.key, []), await a.eventsAt(other.key, [1])]).toEqual([[], []])
  })

  it("eventsOf() are those of one node in a range, nodesWithin() a node with all beneath it", async () => {
    const a = await world().open()
    const run = await createRun(world(), a, "r")
    const skipped = (seq: number, path: string): Write => {
      const data = JSON.stringify({ type: "NodeSkipped", path, message: "" })
      return { kind: "event", row: { run: run.key, seq, at: 1, type: "NodeSkipped", path, data } }
    }
    await append(world(), a, ["a", "b", "a", "a/b", "a"].map((path, at) => skipped(at + 1, path)))
    const seqs = async (path: string, first: number, last: number) =>
      (await a.eventsOf(run.key, path, first, last)).map(({ seq }) => seq)
    expect([await seqs("a", 1, 9), await seqs("a", 2, 4), await seqs("a/b", 1, 9), await seqs("c", 1, 9)]).toEqual([
      [1, 3, 5],
      [3],
      [4],
      []
    ])
    const paths = ["a", "a#2/z", "a.onExit", "a.x", "a/z", "a/z[1]", "aa", "a\u{10ffff}", "a[1]", "b/a"]
    await append(world(), a, paths.map((path) => ({ kind: "node", row: nodeRow(run.key, path) })))
    const within = async (path: string) => (await a.nodesWithin(run.key, path)).map((row) => row.path).sort()
    expect(await within("a")).toEqual(["a", "a#2/z", "a.onExit", "a/z", "a/z[1]", "a[1]"])
    expect([await within("a/z"), await within("z")]).toEqual([["a/z", "a/z[1]"], []])
  })

  it("nodes() are in the order of their paths, node() is one of them", async () => {
    const a = await world().open()
    const run = await createRun(world(), a, "r")
    await append(world(), a, ["b", "a/z", "a"].map((path) => ({ kind: "node", row: nodeRow(run.key, path) })))
    expect((await a.nodes(run.key)).map(({ path }) => path)).toEqual(["a", "a/z", "b"])
    expect([(await a.node(run.key, "a/z"))?.path, await a.node(run.key, "z")]).toEqual(["a/z", undefined])
  })

  it("logs() are those of the run or of one node, the latest when limited; logsAfter() go on from a line", async () => {
    const a = await world().open()
    const run = await createRun(world(), a, "r")
    const log = (path: string, text: string) =>
      ({ kind: "log", row: { run: run.key, path, attempt: 1, at: 1, level: "info", text } }) as const
    await append(world(), a, [log("b", "1"), log("a", "2"), log("b", "3"), log("b", "4")])
    const texts = async (path?: string, limit?: number) =>
      (await a.logs(run.key, path === undefined ? {} : { path }, limit)).map(({ text }) => text).join("")
    expect([await texts(), await texts("b"), await texts("b", 2), await texts(undefined, 3)]).toEqual([
      "1234",
      "134",
      "34",
      "234"
    ])
    const other = await createRun(world(), a, "s")
    const from = await a.logsAfter(run.key, 0, { limit: 2 })
    await append(world(), a, [{ ...log("a", "x"), row: { ...log("a", "x").row, run: other.key } }, log("b", "5")])
    const after = async (path?: string, limit?: number) =>
      (await a.logsAfter(run.key, from.at(-1)!.id, {
        ...path === undefined ? {} : { path },
        ...limit === undefined ? {} : { limit }
      })).map(({ text }) => text).join("")
    expect([from.map(({ text }) => text), await after(), await after("a"), await after("b", 1)]).toEqual([
      ["1", "2"],
      "345",
      "",
      "3"
    ])
    expect(await a.plan("no-such-plan")).toBeUndefined()
    expect(await a.definition("no-such-definition")).toBeUndefined()
  })
}
