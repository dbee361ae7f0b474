/** Runs that are written to one file as lines of JSON, and deleted only then. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { open, Schema, signal, task, workflow } from "../../mod.ts"
import { deleteRuns } from "../../src/cli/running/deleteRuns.ts"
import { archiveRuns } from "../../src/embed/transfer/archiveRuns.ts"
import { Here } from "./Here.ts"

const greet = task("greet", {
  input: Schema.String,
  output: Schema.String,
  run: (name, { log }) => {
    log(`hello "${name}"`)
    if (name === "nobody") throw new Error("there is nobody")
    return `Hello, ${name}`
  }
})
const hello = workflow("hello", { input: Schema.String }, (w) => w.node("greet", greet, { input: w.input }))
const waits = workflow("waits", {}, (w) => w.suspend(signal("ok", { ok: Schema.Boolean })))

/** A file with two ended runs and an open one. */
const made = async (): Promise<Here> => {
  const here = new Here()
  onTestFinished(() => here[Symbol.dispose]())
  await using pinnace = await open(here.db, { durability: "process" })
  for (const name of ["Ada", "nobody"]) await (await pinnace.start(hello, name, { id: name })).ending()
  await (await pinnace.start(waits, undefined, { id: "open" })).waitFor("ok", "waiting")
  return here
}

const read = (file: string): ReadonlyArray<Record<string, unknown>> => {
  const bytes = readFileSync(file)
  const text = String(file.endsWith(".gz") ? gunzipSync(bytes) : bytes)
  return text.trimEnd().split("\n").map((line) => JSON.parse(line))
}

describe("export --to", () => {
  it.each(["all.ndjson", "all.ndjson.gz"])("%s holds all that is known of the runs that have ended", async (name) => {
    const here = await made()
    const file = join(here.folder, name)
    expect(await here.ok("export", "--since", "1h", "--to", file)).toMatch(/^1 run left out: open\n2 runs → /)
    const lines = read(file)
    expect(lines[0]).toMatchObject({ record: "archive", format: 1 })
    expect(lines.at(-1)).toEqual({ record: "end", runs: 2, lines: lines.length })
    const of = (record: string, run = "Ada") => lines.filter((it) => it["record"] === record && it["run"] === run)
    const runs = lines.filter(({ record }) => record === "run")
    expect(runs).toEqual([
      expect.objectContaining({ id: "Ada", phase: "Succeeded", input: "Ada", output: "Hello, Ada" }),
      expect.objectContaining({ id: "nobody", phase: "Error", error: expect.objectContaining({ tag: "Error" }) })
    ])
    expect(of("node").find(({ path }) => path === "greet")).toMatchObject({ input: "Ada", output: "Hello, Ada" })
    expect(of("event").map(({ seq }) => seq)).toEqual(of("event").map((_, at) => at + 1))
    expect(of("log")).toEqual([expect.objectContaining({ path: "greet", text: 'hello "Ada"' })])
  })

  it("deletes them once they are in the file, and nothing else", async () => {
    const here = await made()
    const file = join(here.folder, "old.ndjson.gz")
    expect(await here.ok("export", "--completed", "--to", file, "--delete")).toMatch(/2 workflows deleted\n$/)
    expect(read(file).filter(({ record }) => record === "run").length).toBe(2)
    expect(JSON.parse(await here.ok("list", "-o", "json")).map(({ id }: { id: string }) => id)).toEqual(["open"])
    expect(await here.ok("audit")).toMatch(/delete +Ada/)
  })

  it("deletes nothing where the file cannot be written, and leaves no half of one", async () => {
    const here = await made()
    const missing = join(here.folder, "none", "old.ndjson")
    expect((await here.run("export", "--completed", "--to", missing, "--delete")).code).not.toBe(0)
    const taken = here.file("taken.ndjson", "mine")
    expect(await here.run("export", "--completed", "--to", taken, "--delete")).toMatchObject({
      code: 64,
      err: expect.stringContaining("taken.ndjson exists")
    })
    expect(readFileSync(taken, "utf8")).toBe("mine")
    expect(await here.run("export", "--completed", "--delete")).toMatchObject({ code: 64 })
    expect(await here.run("export", "--completed", "--to", "old.txt")).toMatchObject({ code: 64 })
    expect(JSON.parse(await here.ok("list", "-o", "json")).length).toBe(3)
    expect(readdirSync(here.folder).filter((name) => name.includes("partial"))).toEqual([])
  })

  it("never takes the name of a file that came meanwhile", async () => {
    const here = await made()
    const file = join(here.folder, "raced.ndjson")
    await using pinnace = await open(here.db)
    const going = archiveRuns(pinnace.engine, ["Ada"], file)
    writeFileSync(file, "mine")
    await expect(going).rejects.toThrow("exists")
    expect([readFileSync(file, "utf8"), existsSync(file)]).toEqual(["mine", true])
  })
})

describe("a run that is larger than memory", () => {
  /** A run of 300 nodes with their values and 2,500 lines of log, and the pieces it is read in. */
  const large = async () => {
    const here = new Here()
    onTestFinished(() => here[Symbol.dispose]())
    const pinnace = await open(here.db, { durability: "process" })
    onTestFinished(() => pinnace.close())
    const talks = task("talks", {
      input: Schema.Number,
      run: (many, { log }) => {
        for (let at = 0; at < many; at++) log(`line ${at}`)
        return many
      }
    })
    const wide = workflow("wide", {}, (w) => {
      for (let at = 0; at < 300; at++) w.node(`n${at}`, talks, { input: at === 7 ? 2_500 : 0 })
    })
    await pinnace.run(wide, undefined, { id: "wide" })
    const { reads } = pinnace.engine.host.journal
    const pieces: Array<number> = []
    for (const name of ["events", "eventsAt", "logs", "logsAfter"] as const) {
      const ask = reads[name] as (...args: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<unknown>, never>
      const asks = vi.spyOn(reads, name).mockImplementation(
        ((...args: ReadonlyArray<unknown>) =>
          Effect.tap(ask(...args), (some) => Effect.sync(() => pieces.push(some.length)))) as never
      )
      onTestFinished(() => asks.mockRestore())
    }
    return { here, pieces, pinnace }
  }

  it("is written to an archive in pieces, none left out and none twice", async () => {
    const { here, pieces, pinnace } = await large()
    const file = join(here.folder, "wide.ndjson")
    await archiveRuns(pinnace.engine, ["wide"], file)
    expect(Math.max(...pieces)).toBeLessThanOrEqual(1_000)
    const lines = read(file)
    const of = (record: string) => lines.filter((it) => it["record"] === record)
    expect(lines.at(-1)).toEqual({ record: "end", runs: 1, lines: lines.length })
    expect(of("event").map(({ seq }) => seq)).toEqual(of("event").map((_, at) => at + 1))
    expect(of("log").map(({ text }) => text)).toEqual(Array.from({ length: 2_500 }, (_, at) => `line ${at}`))
    const values = new Map(of("node").map(({ input, output, path }) => [path, [input, output]]))
    expect([values.size, values.get("n7"), values.get("n8")]).toEqual([300, [2_500, 2_500], [0, 0]])
  })

  it("is exported in pieces, and is the same where it is imported", async () => {
    const { here, pieces, pinnace } = await large()
    const run = (await pinnace.get("wide"))!
    const file = join(here.folder, "wide.tgz")
    await run.export(file)
    expect(Math.max(...pieces)).toBeLessThanOrEqual(1_000)
    await using other = await open(":memory:")
    const there = await other.import(file)
    expect([await there.nodes(), await there.logs()]).toEqual([await run.nodes(), await run.logs()])
  })

  it("is not written as if it were whole where it is deleted meanwhile", async () => {
    const { here, pinnace } = await large()
    const { reads } = pinnace.engine.host.journal
    const last = vi.spyOn(reads, "lastSeq").mockImplementation(() => Effect.succeed(1_000_000))
    onTestFinished(() => last.mockRestore())
    const file = join(here.folder, "wide.ndjson")
    await expect(archiveRuns(pinnace.engine, ["wide"], file)).rejects.toThrow("was deleted while it was exported")
    expect(existsSync(file)).toBe(false)
  })

  it("nor where it is deleted after its events were read", async () => {
    const { here, pinnace } = await large()
    const run = (await pinnace.get("wide"))!
    const { artifacts } = pinnace.engine.host.journal.reads
    const { list } = artifacts
    const listed = vi.spyOn(artifacts, "list").mockImplementation((...asked) =>
      Effect.andThen(Effect.promise(() => run.delete()), list(...asked))
    )
    onTestFinished(() => listed.mockRestore())
    const file = join(here.folder, "wide.ndjson")
    await expect(archiveRuns(pinnace.engine, ["wide"], file)).rejects.toThrow("was deleted while it was exported")
    expect(existsSync(file)).toBe(false)
  })
})

describe("deleteRuns()", () => {
  it("takes a run that another process has deleted meanwhile for deleted, and goes on with the others", async () => {
    const here = await made()
    await using pinnace = await open(here.db)
    const handles = await Promise.all(["Ada", "nobody"].map(async (id) => (await pinnace.get(id))!))
    await handles[0]!.delete()
    const said: Array<string> = []
    const shell = { print: (text: string) => void said.push(text), isTerminal: false } as never
    expect(await deleteRuns(shell, handles, {})).toBe(0)
    expect(said).toEqual(["Workflow 'Ada' deleted", "Workflow 'nobody' deleted", "2 workflows deleted"])
  })
})
