/**
 * Archives that are damaged or written by somebody with intent:
 * each is a clear error or a sound run, and nobody else notices.
 */
import { answersOf } from "../../journal/answers.ts"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Artifact, open, type Pinnace, type RunHandle, Schedule, task, workflow } from "../../../mod.ts"
import type { Shell } from "../../../src/cli/Shell.ts"
import { definitionOf, labelsWith } from "../../../src/cli/arguments/definition.ts"
import { check } from "../../../src/run/invariants.ts"
import { seeded, sweepOf } from "../../run/random.ts"
import { type Crate, packCrate, textOf, unpackCrate } from "./Crate.ts"
import { mutated } from "./mutate.ts"

const make = task("make", {
  output: Artifact,
  run: async (_, { artifacts, log }) => {
    log("made")
    return await artifacts.put("bytes", new Uint8Array([1, 2, 3]))
  }
})
const fails = task("fails", {
  retry: { limit: 1, on: "Always", schedule: Schedule.recurs(1) },
  run: () => {
    throw new Error("no")
  }
})
const flow = workflow("flow", { ttl: "1 hour" }, (w) => {
  w.node("make", make)
  w.map("all", [1, 2], fails, () => undefined)
})
const waits = workflow("waits", {}, (w) => void w.suspend("wait"))

const directory = mkdtempSync(join(tmpdir(), "pinnace-hostile-"))
const file = join(directory, "bad.tgz")
let good: Crate
let pinnace: Pinnace
let other: RunHandle

beforeAll(async () => {
  await using first = await open(join(directory, "first.db"))
  const run = await first.start(flow, undefined, { id: "one", labels: { "pinnace/source": '{"files":["/evil.ts"]}' } })
  await run.ending()
  await run.export(join(directory, "good.tgz"))
  good = await unpackCrate(join(directory, "good.tgz"))
  pinnace = await open(join(directory, "second.db"), { durability: "process", workflows: [waits] })
  other = await pinnace.start(waits)
})

afterAll(() => pinnace.close())

const take = async (crate: Crate): Promise<RunHandle> => {
  await packCrate(crate, file)
  return await pinnace.import(file)
}

/** A change of one entry's text. */
const changing = (name: string, change: (text: string) => string): Crate =>
  new Map([...good, [`run/${name}`, change(textOf(good, `run/${name}`))]])

const swap = (from: string | RegExp, to: string) => (text: string): string => {
  expect(text).toMatch(from)
  return text.replace(from, to)
}

const events = "events.ndjson"
const twice = (text: string): string => text.replace(/^(.*\n)/, "$1$1")

const table: ReadonlyArray<readonly [what: string, crate: () => Crate, message: RegExp]> = [
  ["a number twice", () => changing(events, twice), /events.ndjson, line 2: it is event 1, not 2/],
  ["a negative number", () => changing(events, swap('"seq":2', '"seq":-2')), /events.ndjson, line 2: .*"seq"/],
  ["an instant no clock knows", () => changing(events, swap(/"at":\d+/, '"at":1e308')), /line 1: .*1e\+308.*"at"/],
  ["half a millisecond", () => changing(events, swap(/"at":(\d+)/, '"at":$1.5')), /line 1: a whole number .*"at"/],
  ["no event", () => changing(events, swap(/"event":\{.*\}\}/, '"event":null}')), /line 1: it is not an event/],
  ["an unknown event", () => changing(events, swap("RunStarted", "RunFlown")), /line 2: .*no event of type "RunFlown"/],
  ["a wrong type", () => changing(events, swap('"priority":0', '"priority":"0"')), /line 1: .*"priority"/],
  [
    "deep nesting",
    () => changing(events, swap('"input":null', `"input":${"[".repeat(2e5)}${"]".repeat(2e5)}`)),
    /deeper/
  ],
  [
    "an end that is missing",
    () => changing(events, (text) => text.replace(/.*\n$/, "")),
    /the run has not ended in it/
  ],
  [
    "a start that is missing",
    () => changing(events, (text) => text.replace(/.*\n/, "")),
    /line 1: it is event 2, not 1/
  ],
  ["another start", () => changing(events, swap("RunCreated", "RunResumed")), /first one is RunResumed/],
  [
    "what cannot have happened",
    () => changing(events, swap("AttemptFailed", "NodeSignalled")),
    /line \d+: Missing key/
  ],
  [
    "an attempt too many",
    () => changing(events, swap(/("AttemptStarted".*"attempt"):2/, "$1:7")),
    /records something impossible \(N4/
  ],
  ["a cut line", () => changing(events, (text) => text.slice(0, -9)), /line \d+: /],
  ["a path with a line break", () => changing(events, swap('"path":"make"', '"path":"ma\\nke"')), /control characters/],
  ["another format", () => changing("run.json", swap('"format":1', '"format":99')), /format 99.*update the program/],
  ["no id", () => changing("run.json", swap('"id":"one"', '"id":""')), /run.json: .*"id"/],
  ["another workflow", () => changing("run.json", swap('"workflow":"flow"', '"workflow":"waits"')), /another one/],
  ["a plan that is none", () => changing("run.json", swap(/"plan":"/, '"plan":"{}')), /run.json, plan: /],
  ["a log of nobody", () => changing("logs.ndjson", swap('"info"', '"shout"')), /logs.ndjson, line 1: /],
  ["an artifact of nobody", () => changing("artifacts.ndjson", swap('"make"', '"nobody"')), /no node "nobody"/],
  ["an artifact twice", () => changing("artifacts.ndjson", twice), /is listed twice/],
  ["other bytes", () => changing("artifacts/0", () => "abc"), /artifacts\/0: its bytes are not those/],
  ["fewer bytes", () => changing("artifacts/0", () => ""), /artifacts\/0: its bytes are not those/],
  ["no bytes", () => new Map([...good].filter(([name]) => name !== "run/artifacts/0")), /artifacts\/0: .*is missing/],
  ["no events", () => new Map([...good].filter(([name]) => name !== "run/events.ndjson")), /events.ndjson: .*missing/],
  ["an entry that leaves", () => new Map([...good, ["../escaped", "x"]]), /"..\/escaped": .*leaves the directory/],
  ["an absolute entry", () => new Map([...good, [join(directory, "escaped"), "x"]]), /is absolute/],
  ["a link in an entry's place", () => linked("events.ndjson", "run.json"), /events.ndjson: it is not a file/],
  ["a link that leaves", () => linked("artifacts/0", "/etc/hostname"), /"run\/artifacts\/0": /]
]

const linked = (name: string, target: string): Crate => {
  const header = { name: `run/${name}`, size: 0, type: "symlink" as const, linkname: target, mode: 0o777 }
  return new Map([...good, [`run/${name}`, { header }]])
}

describe("A hostile archive is refused, names its entry, and writes nothing:", () => {
  test.each(table)("%s", async (_, crate, message) => {
    await expect(take(crate())).rejects.toMatchObject({
      _tag: "BadArchive",
      file,
      message: expect.stringMatching(message)
    })
    expect((await pinnace.list()).map(({ id }) => id)).toEqual([other.id])
    expect(await pinnace.artifacts()).toEqual([])
    expect(existsSync(join(directory, "escaped"))).toBe(false)
  })
})

test("Labels of this program, handles of other artifacts and digests of an archive mean nothing here", async () => {
  const run = await take(
    changing(events, (text) => text.replace('"output":{"artifact":"1.1"', '"output":{"artifact":"9.9"'))
  )
  try {
    const { labels } = await run.status()
    const { digest } = answersOf(pinnace.engine.host.journal).findRun(run.id)!
    expect(labels).toEqual({ "imported/source": '{"files":["/evil.ts"]}', "pinnace/imported": "true" })
    expect(digest).toMatch(/^imported\//)
    const shell = { workflows: [] } as unknown as Shell
    await expect(definitionOf({ shell, run, files: [], verb: "resubmit" })).rejects.toThrow('flow" with --file FILE')
    expect(labelsWith(await run.status(), ["/mine.ts"]).labels).toMatchObject({
      "pinnace/source": '{"files":["/mine.ts"]}'
    })
    expect(JSON.stringify(await outputOf(run, "make"))).toContain('"artifact":"imported/9.9"')
  } finally {
    await run.delete()
  }
})

const outputOf = async (run: RunHandle, path: string): Promise<unknown> => {
  for await (const { event } of run.events()) {
    if (event.type === "NodeFinished" && event.path === path) return event.ending.output
  }
  return undefined
}

test("random changes of an archive: a clear error or a sound run, and the others live", async () => {
  let taken = 0
  for (let seed = 1; seed <= sweepOf(500); seed++) {
    const { changed, crate } = mutated(good, seeded(seed))
    const run = await take(crate).catch((error) => {
      expect([seed, changed, error._tag], String(error.stack)).toEqual([seed, changed, "BadArchive"])
      expect(error.message.length).toBeLessThan(1_000)
      return undefined
    })
    if (run === undefined) continue
    taken++
    await readAll(run, `seed ${seed}: ${changed}`)
    await run.delete()
  }
  expect(taken).toBeGreaterThan(sweepOf(10))
  expect((await pinnace.list()).map(({ id }) => id)).toEqual([other.id])
  await other.approve("wait")
  expect((await other.ending()).phase).toBe("Succeeded")
})

/** All that can be asked of a run is answered, and its record is one that could have happened. */
const readAll = async (run: RunHandle, what: string): Promise<void> => {
  const { journal } = pinnace.engine.host
  const row = answersOf(journal).findRun(run.id)!
  const nodes = new Map(answersOf(journal).nodes(row.key).map((node) => [node.path, node]))
  expect(check({ events: answersOf(journal).events(row.key, 0), rows: { run: row, nodes } }), what).toEqual([])
  await run.logs()
  await run.why()
  for await (const _ of run.events()) void _
  for (const { artifact, state } of await run.artifacts()) expect([artifact, state]).toEqual([artifact, "live"])
  await run.export(join(directory, `again.tgz`)).finally(() => rmSync(join(directory, "again.tgz"), { force: true }))
}
