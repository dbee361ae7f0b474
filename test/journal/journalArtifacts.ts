/**
 * Contract cases of artifacts and retention: what becomes garbage when, who deletes it, what is never deleted (N8, N9).
 */
import { expect, it } from "vitest"
import type { ArtifactWrite } from "../../src/journal/ArtifactRows.ts"
import type { Asked } from "./answers.ts"
import type { Write } from "../../src/journal/Journal.ts"
import type { ArtifactRow } from "../../src/run/ArtifactRow.ts"
import { isCollectable, type RunFacts } from "../../src/run/garbage.ts"
import type { RunRow } from "../../src/run/State.ts"
import { type ArtifactGC, artifactStrategies } from "../../src/workflow/Artifact.ts"
import { type Random, seeded } from "../run/random.ts"
import { append, createRun } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Registers the cases. */
export const journalArtifacts = (world: () => JournalWorld): void => {
  states(world)
  deletions(world)
  overwriting(world)
  retention(world)
  histories(world)
}

const stores = ["default"]
const later = 1_795_000_100_000

const artifact = (
  journal: Asked,
  run: RunRow,
  gc: ArtifactGC,
  fields: Partial<ArtifactRow> = {}
): ArtifactRow => ({
  artifact: journal.artifacts.nextId(),
  name: "model",
  kind: "file",
  archive: "none",
  store: "default",
  key: `k/${gc}`,
  size: 10,
  sha256: "00",
  mediaType: "text/plain",
  gc,
  run: run.key,
  runId: run.id,
  path: "train",
  attempt: 1,
  state: "live",
  pinned: false,
  error: null,
  tries: 0,
  nextAt: 0,
  createdAt: 1_795_000_000_000,
  ...fields
})

const saved = (row: ArtifactRow): Write => ({ kind: "artifact", row })
const ended = (run: RunRow, fields: Partial<RunRow> = {}): Write => ({
  kind: "run",
  row: { ...run, phase: "Succeeded", ...fields }
})
const retried = (run: RunRow): Write => ({ kind: "run", row: { ...run, phase: "Running", epoch: 2 } })
const collectable = async (journal: Asked): Promise<ReadonlyArray<string>> =>
  (await journal.artifacts.collectable(later, stores, 100)).map(({ gc }) => gc).sort()
const stateOf = async (journal: Asked, { artifact }: ArtifactRow) => (await journal.artifacts.get(artifact))?.state

/** A run with one artifact of each strategy. */
const oneOfEach = async (world: JournalWorld, journal: Asked) => {
  const run = await createRun(world, journal, "r")
  const rows = artifactStrategies.map((gc) => artifact(journal, run, gc))
  await append(world, journal, rows.map(saved))
  return { run, rows }
}

const states = (world: () => JournalWorld): void => {
  it("artifacts are listed as they were saved, by run, by state, and page by page", async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    const other = await createRun(world(), a, "other")
    await append(world(), a, [saved(artifact(a, other, "Never"))])
    const sorted = [...rows].sort((one, two) => (one.artifact < two.artifact ? -1 : 1))
    expect(await a.artifacts.list({ run: run.key })).toEqual(sorted)
    expect(await a.artifacts.list({ runId: run.id, limit: 2 })).toEqual(sorted.slice(0, 2))
    expect(await a.artifacts.list({ runId: "no-such" })).toEqual([])
    expect(await a.artifacts.list({ limit: Infinity })).toHaveLength(5)
    expect((await a.artifacts.list({ after: sorted[1]!.artifact, limit: 2 })).map((row) => row.artifact))
      .toEqual([sorted[2]!.artifact, sorted[3]!.artifact])
    expect(await a.artifacts.list({ states: ["deleted"] })).toEqual([])
    expect(await a.artifacts.get("no-such")).toBeUndefined()
    expect([...await a.artifacts.named("default", ["k/temp", "k/none"])]).toMatchObject([["k/temp", { gc: "temp" }]])
    expect(await a.artifacts.named("elsewhere", ["k/temp"])).toEqual(new Map())
  })

  it("the end of a run makes garbage of what is kept until completion, its deletion of all but what is kept for ever", async () => {
    const a = await world().open()
    const { run } = await oneOfEach(world(), a)
    expect(await collectable(a)).toEqual([])
    await append(world(), a, [ended(run)])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "temp"])
    expect(await a.artifacts.totals(later, stores)).toEqual({ count: 2, bytes: 20 })
    await append(world(), a, [{ kind: "delete", run: run.key }])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "OnWorkflowDeletion", "temp"])
  })

  it("a retry takes back what was not yet deleted (iii-6)", async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    await append(world(), a, [ended(run)])
    await append(world(), a, [retried(run)])
    expect(await Promise.all(rows.map((row) => stateOf(a, row)))).toEqual(["live", "live", "live", "due"])
    await append(world(), a, [ended({ ...run, epoch: 2 })])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "temp"])
  })

  it("what another run can read is not garbage until that run has ended, or is deleted when it is kept until deletion (AR-09)", async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    const reader = await createRun(world(), a, "reader")
    await append(world(), a, rows.map((row) => ({ kind: "reader", artifact: row.artifact, run: reader.key })))
    await append(world(), a, [ended(run), { kind: "delete", run: run.key }])
    expect(await collectable(a)).toEqual([])
    await append(world(), a, [ended(reader)])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "temp"])
    await append(world(), a, [{ kind: "delete", run: reader.key }])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "OnWorkflowDeletion", "temp"])
  })

  it("what remembered results have handles of is kept for them, and told with whether they alone keep it", async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    const memo = (key: string): Write => ({
      kind: "memo",
      row: { cache: "c", key, value: "1", createdAt: 1, runId: "r", path: "n", parts: "[]", millis: 3 },
      readers: rows.map((row) => row.artifact)
    })
    const held = async () =>
      (await a.artifacts.held()).map(({ artifact, cache, isFree, key, size }) => {
        const { gc } = rows.find((row) => row.artifact === artifact)!
        return [cache, key, gc, size, isFree].join(" ")
      }).sort()
    await append(world(), a, [memo("k1"), memo("k2")])
    expect(await held()).toEqual(
      ["k1", "k2"].flatMap((key) => [`c ${key} Never 10 false`, `c ${key} OnWorkflowDeletion 10 false`])
    )
    await append(world(), a, [ended(run), { kind: "delete", run: run.key }])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "temp"])
    await append(world(), a, [{ kind: "forget", key: "k1" }])
    expect(await held()).toEqual(["c k2 Never 10 false", "c k2 OnWorkflowDeletion 10 true"])
    const deleted = rows.find(({ gc }) => gc === "OnWorkflowDeletion")!
    await append(world(), a, [{ kind: "pin", artifact: deleted.artifact, pinned: true }])
    expect(await held()).toEqual(["c k2 Never 10 false", "c k2 OnWorkflowDeletion 10 false"])
    await append(world(), a, [{ kind: "forget" }])
    expect(await held()).toEqual([])
  })

  it("a pin keeps, and a run that somebody is about to retry keeps what it saved", async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    await append(world(), a, [ended(run), { kind: "pin", artifact: rows[0]!.artifact, pinned: true }])
    expect(await collectable(a)).toEqual(["temp"])
    await append(world(), a, [{ kind: "pin", artifact: rows[0]!.artifact, pinned: false }])
    await a.claim({ run: run.key })
    expect(await collectable(a)).toEqual([])
    await a.release([run.key])
    expect(await collectable(a)).toEqual(["OnWorkflowCompletion", "temp"])
  })

  it("a temporary one that is due goes while its run goes on", async () => {
    const a = await world().open()
    const { rows } = await oneOfEach(world(), a)
    await append(world(), a, rows.map((row) => ({ kind: "due", artifact: row.artifact })))
    expect(await collectable(a)).toEqual(["temp"])
  })
}

const deletion = ({ artifact }: ArtifactRow, error: string | null = null, nextAt = 0): ArtifactWrite => ({
  kind: "deletion",
  artifact,
  error,
  nextAt
})

const deletions = (world: () => JournalWorld): void => {
  const due = async () => {
    const a = await world().open()
    const { rows, run } = await oneOfEach(world(), a)
    await append(world(), a, [ended(run)])
    return { a, run, row: rows[0]!, temp: rows[3]! }
  }

  it("collect() takes only what is in stores that this process has", async () => {
    const { a } = await due()
    expect([await a.artifacts.collect(later, ["elsewhere"], 9), (await a.artifacts.totals(later, ["elsewhere"])).count])
      .toEqual([
        [],
        0
      ])
    const [row] = await a.artifacts.collect(later, stores, 1)
    expect([await a.artifacts.places(), row!.store]).toEqual([["default"], "default"])
    await append(world(), a, [deletion(row!, "503", later + 1)])
    expect([await a.artifacts.nextDeletion(["elsewhere"]), await a.artifacts.nextDeletion(stores)]).toEqual([
      undefined,
      later + 1
    ])
  })

  it("collect() takes each artifact once; another process takes it up when this one dies", async () => {
    const { a, row } = await due()
    const b = await world().open()
    expect(await a.artifacts.collect(later, stores, 1)).toHaveLength(1)
    expect(await b.artifacts.collect(later, stores, 10)).toHaveLength(1)
    expect([await a.artifacts.collect(later, stores, 10), await stateOf(b, row)]).toEqual([[], "deleting"])
    await world().fence(a)
    await b.claim({ workflows: [] })
    expect(await b.artifacts.collect(later, stores, 10)).toHaveLength(1)
  })

  it("a deletion that ended well leaves the row until its run is deleted, and no row after that", async () => {
    const { a, row, run, temp } = await due()
    await a.artifacts.collect(later, stores, 10)
    await append(world(), a, [deletion(row)])
    expect([await stateOf(a, row), (await a.artifacts.named("default", [row.key])).size]).toEqual(["deleted", 0])
    await append(world(), a, [{ kind: "delete", run: run.key }])
    expect([await stateOf(a, row), await stateOf(a, temp)]).toEqual([undefined, "deleting"])
    await append(world(), a, [deletion(temp)])
    expect(await stateOf(a, temp)).toBeUndefined()
  })

  it("a passing failure is tried again at its time, a lasting one when somebody asks; both say why", async () => {
    const { a, row, temp } = await due()
    await a.artifacts.collect(later, stores, 10)
    await append(world(), a, [deletion(row, "503", later + 1000), deletion(temp, "403")])
    expect(await a.artifacts.get(row.artifact)).toMatchObject({ state: "deleting", error: "503", tries: 1 })
    expect(await a.artifacts.get(temp.artifact)).toMatchObject({ state: "failed", error: "403", tries: 1, nextAt: 0 })
    expect([await a.artifacts.collect(later, stores, 10), await a.artifacts.nextDeletion(stores)]).toEqual([
      [],
      later + 1000
    ])
    expect((await a.artifacts.collect(later + 1000, stores, 10)).map(({ gc }) => gc)).toEqual(["OnWorkflowCompletion"])
    await append(world(), a, [{ kind: "due", artifact: temp.artifact }])
    expect((await a.artifacts.collect(later, stores, 10)).map(({ gc, error, tries }) => [gc, error, tries])).toEqual([[
      "temp",
      null,
      0
    ]])
  })
}

const overwriting = (world: () => JournalWorld): void => {
  it("what names a key is gone once somebody replaces it, unless it is pinned or somebody alive deletes it", async () => {
    const [a, b] = [await world().open(), await world().open()]
    const [run, gone] = [await createRun(world(), a, "r"), await createRun(world(), a, "gone")]
    const rows = ["live", "pinned", "deleting", "orphan", "other"].map((key) =>
      artifact(a, key === "orphan" ? gone : run, "OnWorkflowCompletion", {
        key,
        pinned: key === "pinned",
        state: key === "deleting" ? "due" : "live"
      })
    )
    await append(world(), a, rows.map((row) => ({ kind: "artifact", row })))
    await append(world(), a, [ended(run), ended(gone), { kind: "delete", run: gone.key }])
    // Another process deletes one of them.
    const overwrite = (key: string): Write => ({ kind: "overwrite", store: "default", key })
    const all = rows.slice(0, 4).map(({ key }) => overwrite(key))
    const taken = (await b.artifacts.collect(later, stores, 10)).map(({ key }) => key)
    expect(taken).toContain("deleting")
    await append(world(), a, all)
    const states = () => Promise.all(rows.map((row) => stateOf(a, row)))
    expect((await states()).slice(1, 3)).toEqual(["due", "deleting"])
    await world().fence(b)
    await a.claim({ workflows: [] })
    await append(world(), a, all)
    expect(await states()).toEqual(["deleted", "due", "deleted", undefined, "deleting"])
    expect([...(await a.artifacts.named("default", rows.map(({ key }) => key))).keys()].sort()).toEqual([
      "other",
      "pinned"
    ])
  })
}

const retention = (world: () => JournalWorld): void => {
  it("expired() gives the runs whose time has come, the longest due first", async () => {
    const a = await world().open()
    const runs = await Promise.all(["one", "two", "three"].map((id) => createRun(world(), a, id)))
    expect([await a.expired(later, 9), await a.nextExpiry()]).toEqual([[], undefined])
    await append(world(), a, runs.map((run, n) => ended(run, { deleteAt: later - n * 10 })))
    expect((await a.expired(later, 9)).map(({ id }) => id)).toEqual(["three", "two", "one"])
    expect([(await a.expired(later - 15, 9)).map(({ id }) => id), await a.nextExpiry()]).toEqual([
      ["three"],
      later - 20
    ])
    expect(await a.expired(later, 1)).toHaveLength(1)
  })

  it("append() of a deletion for retention deletes no run that is open, executed, retried, or whose time has not come (TL-01)", async () => {
    const a = await world().open()
    const [open, claimed, early, past] = await Promise.all(
      ["open", "claimed", "early", "past"].map((id) => createRun(world(), a, id))
    )
    const deleteAt = later
    await append(world(), a, [
      ended(claimed!, { deleteAt }),
      ended(early!, { deleteAt: later + 1 }),
      ended(past!, { deleteAt })
    ])
    await a.claim({ run: claimed!.key })
    expect([(await a.expired(later + 9, 9)).map(({ id }) => id), await a.nextExpiry()]).toEqual([
      ["past", "early"],
      later
    ])
    const all = [open!, claimed!, early!, past!]
    await append(world(), a, all.map(({ key }) => ({ kind: "delete", run: key, ifExpiredAt: later })))
    expect(await Promise.all(all.map(async ({ key }) => (await a.getRun(key))?.id))).toEqual([
      "open",
      "claimed",
      "early",
      undefined
    ])
    await append(world(), a, all.map(({ key }) => ({ kind: "delete", run: key, ifEnded: true })))
    expect(await Promise.all(all.map(async ({ key }) => (await a.getRun(key))?.id))).toEqual([
      "open",
      "claimed",
      undefined,
      undefined
    ])
  })
}

const histories = (world: () => JournalWorld): void => {
  it("after each commit of random histories exactly that is garbage which the rule calls garbage (N8)", async () => {
    const random = seeded(11)
    const a = await world().open()
    const runs = await Promise.all(["one", "two", "three", "four"].map((id) => createRun(world(), a, id)))
    const readers = new Map<string, Set<number>>()
    for (let steps = 0; steps < 200; steps++) {
      await append(world(), a, await step(a, random, runs, readers))
      expect((await a.artifacts.collectable(later, stores, 1000)).map((row) => row.artifact).sort()).toEqual(
        await expected(a, readers)
      )
      if (a.artifacts.isClean?.() === true) expect(await a.artifacts.places()).toEqual([])
    }
  })

  it("the end of a run tells whether anything is to be deleted, where storage can", async () => {
    const a = await world().open()
    const [plain, saving] = [await createRun(world(), a, "plain"), await createRun(world(), a, "saving")]
    await append(world(), a, [saved(artifact(a, saving, "OnWorkflowCompletion"))])
    await append(world(), a, [ended(plain)])
    expect(a.artifacts.isClean?.() ?? true).toBe(true)
    await append(world(), a, [ended(saving)])
    expect(a.artifacts.isClean?.() ?? false).toBe(false)
    expect(await a.artifacts.places()).toEqual(stores)
  })
}

const expected = async (
  journal: Asked,
  readers: ReadonlyMap<string, ReadonlySet<number>>
): Promise<ReadonlyArray<string>> => {
  const facts = new Map<number, RunFacts>()
  for (const row of await journal.listRuns({ limit: Infinity })) {
    facts.set(row.key, { phase: row.phase, isOwned: row.owner !== null })
  }
  const isGarbage = (row: ArtifactRow): boolean => {
    const known = [...readers.get(row.artifact) ?? []].flatMap((run) => facts.get(run) ?? [])
    return isCollectable(row, facts.get(row.run), known)
  }
  return (await journal.artifacts.list({ limit: Infinity })).filter(isGarbage).map((row) => row.artifact).sort()
}

const step = async (
  journal: Asked,
  random: Random,
  runs: ReadonlyArray<RunRow>,
  readers: Map<string, Set<number>>
): Promise<ReadonlyArray<Write>> => {
  const run = random.pick(runs)
  const all = await journal.artifacts.list({ limit: Infinity })
  const kind = random.below(10)
  if (kind < 4 || all.length === 0) return [saved(artifact(journal, run, random.pick(artifactStrategies)))]
  const one = random.pick(all).artifact
  if (kind === 4) {
    readers.set(one, (readers.get(one) ?? new Set()).add(run.key))
    return [{ kind: "reader", artifact: one, run: run.key }]
  }
  if (kind === 5) return [{ kind: "pin", artifact: one, pinned: random.chance(0.3) }]
  if (kind === 6) return [{ kind: "due", artifact: one }]
  if (kind === 7) return [retried(run)]
  if (kind === 8 && random.chance(0.2)) return [{ kind: "delete", run: run.key }]
  return [ended(run)]
}
