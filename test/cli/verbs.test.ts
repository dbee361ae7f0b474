/** Every verb, while another living process owns the runs. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli, type Started } from "./Cli.ts"

let cli: Cli
let app: Started
beforeAll(async () => {
  cli = new Cli()
  app = cli.program("app.ts")
  await app.seen("ready")
})
afterAll(async () => {
  await app?.end()
  cli?.remove()
})

const begin = async (workflow: string, id: string): Promise<void> => {
  app.say(`${workflow} ${id}`)
  await app.seen(`started ${id}\n`)
}

const ok = async (...args: ReadonlyArray<string>): Promise<string> => {
  const { code, err, out } = await cli.run(args)
  expect([code, err], args.join(" ")).toEqual([0, ""])
  return out
}

/** Follows a run in a process of its own until its output holds a text. */
const until = async (text: string, ...args: ReadonlyArray<string>): Promise<Started> => {
  const started = cli.start(args)
  await started.seen(text)
  return started
}

describe("a run of another process", () => {
  it("is listed, shown and explained", async () => {
    await begin("ask", "ask-1")
    const watching = await until("go: waits for a signal", "watch", "ask-1")
    expect(await ok("list")).toMatch(/^NAME +WORKFLOW +STATUS +AGE +DURATION +PRIORITY +MESSAGE\nask-1 +ask +Running +/)
    expect(await ok("list", "-o", "name", "--running")).toBe("ask-1\n")
    expect(JSON.parse(await ok("list", "-o", "json"))).toMatchObject([{
      id: "ask-1",
      workflow: "ask",
      phase: "Running"
    }])
    expect(await ok("list", "--status", "failed")).toBe("No runs found\n")
    const shown = await ok("get", "@latest")
    expect(shown).toContain("Name:                ask-1\n")
    expect(shown).toMatch(/ ǁ go +[\d.m]+s +waits for a signal\n/)
    expect(JSON.parse(await ok("get", "ask-1", "-o", "json"))).toMatchObject({
      id: "ask-1",
      phase: "Running",
      nodes: [{ name: "go", phase: "Running", waiting: "Signal" }, { name: "save", phase: "Succeeded" }]
    })
    expect(await ok("get", "ask-1", "-o", "yaml")).toContain("id: ask-1\n")
    expect(await ok("why", "ask-1")).toBe(`go: it waits for a signal\n  pinnace approve ask-1 go --db ${cli.db}\n`)
    expect(await ok("graph", "ask-1")).toMatch(
      /^STAGE +NODE +RUNS +AFTER\n1 +go .*\n +save +save\n2 +answer .* ← go\n3 +double +double +← answer\n$/
    )
    expect(await ok("graph", "ask-1", "--mermaid")).toContain("flowchart TD\n")
    expect(await ok("timeline", "ask-1")).toContain("Critical path: ")

    expect(await ok("approve", "ask-1")).toContain('"go" is approved')
    await watching.seen("answer: waits for a signal")
    const empty = await cli.run(["approve", "ask-1"])
    expect([empty.code, empty.err.trimEnd().split("\n").at(-1)])
      .toEqual([1, `  pinnace signal ask-1 answer 1 --db ${cli.db}`])
    const wrong = await cli.run(["signal", "ask-1", "answer", "much"])
    expect(wrong.code).toBe(1)
    const waiting = cli.run(["wait", "ask-1"])
    expect(await ok("signal", "ask-1", "answer", "21")).toContain("got its value")
    expect(await waiting).toMatchObject({ code: 0, out: expect.stringMatching(/^ask-1 Succeeded at \d{4}-/) })
    expect((await watching.done).code).toBe(0)
    expect((await cli.run(["approve", "ask-1"])).err).toContain("waits for a signal: it has ended (Succeeded)")
    expect(watching.out).toMatch(/✔ ask-1 Succeeded {2}\(.*, 4 of 4 nodes\)|✔ ask-1 Succeeded {2}\(/)
  })

  it("lets permits be seen and limits be set", async () => {
    await begin("hold", "hold-1")
    const watching = await until("waits for permits", "watch", "hold-1")
    const following = await until("stamping", "logs", "hold-1", "-f", "--grep", "page \\d")
    const locks = await ok("locks")
    expect(locks).toMatch(/desk +1 +1 +/)
    expect(locks).toContain("held by hold-1 pages[")
    expect(await ok("why", "hold-1", "pages")).toContain("hold-1 pages[")
    expect((await cli.run(["locks", "set", "desk", "many"])).code).toBe(64)
    expect((await cli.run(["locks", "set", "dsk", "2"])).err).toContain('Did you mean "desk"?')
    expect((await cli.run(["locks", "set", "elsewhere", "2"])).err).toContain(
      'no run has asked for a semaphore "elsewhere" yet'
    )
    expect(await ok("locks", "set", "elsewhere", "2", "--new")).toBe("elsewhere: limit none → 2\n")
    expect(await ok("locks", "set", "desk", "2")).toBe("desk: limit 1 → 2\n")
    await watching.seen("✔ pages[1] Succeeded")
    expect(await ok("suspend", "hold-1")).toContain("suspended")
    expect(await ok("get", "hold-1")).toContain("Running (Suspended)")
    expect(await ok("resume", "hold-1")).not.toBe("")
    expect(await ok("stop", "hold-1", "-m", "enough")).toContain("hold-1")
    expect((await watching.done).code).toBe(1)
    expect(watching.out).toContain("✔ .onExit Succeeded")
    expect((await following.done).out.split("\n").filter((it) => it.includes("stamping"))).toHaveLength(2)
    expect(await ok("logs", "hold-1", "pages[1]", "--timestamps")).toMatch(/^\d{4}-\S+Z pages\[1\]: stamping page 1\n$/)
    expect((await ok("logs", "hold-1", "pages")).split("\n")).toHaveLength(3)
    const again = await cli.run(["stop", "hold-1"])
    expect([again.code, again.out]).toEqual([1, ""])
    expect(again.err).toContain("has ended")
  })

  it("is terminated, and its exit handlers are not run", async () => {
    await begin("hold", "hold-2")
    const watching = await until("● pages[0] Running", "watch", "hold-2", "-o", "plain")
    expect(await ok("terminate", "hold-2", "--dry-run")).toContain("nothing done")
    expect(await ok("terminate", "hold-2")).toContain("hold-2")
    expect((await watching.done).code).toBe(1)
    expect(watching.out).not.toContain("onExit")
  })

  it("is terminated once what it did is undone, where that is asked for", async () => {
    await begin("hold", "hold-9")
    await until("● pages[0] Running", "watch", "hold-9", "-o", "plain")
    const out = await ok("terminate", "hold-9", "--compensate", "-m", "enough")
    expect(out).toContain("hold-9")
    expect((await cli.run(["wait", "hold-9"])).code).toBe(1)
  })

  it("that is open is deleted by force only", async () => {
    await begin("ask", "ask-2")
    const refused = await cli.run(["delete", "ask-2"])
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("stop or terminate it first")])
    expect(await ok("delete", "ask-2", "--force")).toBe("Workflow 'ask-2' deleted\n")
    expect((await cli.run(["get", "ask-2"])).code).toBe(64)
  })

  it("that failed tells its error, and says what is missing to retry it", async () => {
    await begin("fail", "fail-1")
    const watched = await cli.run(["watch", "fail-1"])
    expect(watched.code).toBe(1)
    expect(watched.out).toMatch(
      /Failed: refuse: Refusal {"by":"the clerk"}\n {2}at .*known\.ts:\d+:\d+\n {2}\| this cannot be\n {2}pinnace retry fail-1/
    )
    const retried = await cli.run(["retry", "fail-1"])
    expect([retried.code, retried.err]).toEqual([64, expect.stringContaining("--file FILE")])
    const defined = join(import.meta.dirname, "programs/fixed.ts")
    const planned = await ok("retry", "fail-1", "--file", defined, "--dry-run")
    expect(planned).toBe("Would run 1 node of fail-1 again, and keep 1:\n  refuse   it ended Failed\n")
    expect((await cli.run(["retry", "fail-1", "--file", defined])).out).toContain("✔ fail-1 Succeeded")
  })

  it("gives its artifacts away, whole or as an export", async () => {
    await begin("fail", "fail-2")
    await cli.run(["wait", "fail-2"])
    expect(await ok("artifacts", "fail-2")).toMatch(/note\.txt +fail-2 +saved +6 B +live/)
    expect(await ok("cp", "fail-2", "note.txt", "--artifact-name", "note.txt")).toContain("→ note.txt (6 B)")
    expect(readFileSync(join(cli.folder, "note.txt"), "utf8")).toBe("a note")
    expect((await cli.run(["cp", "fail-2", "note.txt", "--artifact-name", "note.txt"])).code).toBe(64)
    expect((await cli.run(["cp", "fail-2", ".", "--artifact-name", "nite.txt"])).err).toContain(
      'Did you mean "note.txt"?'
    )
    await ok("export", "fail-2", "run.tgz")
    expect(await ok("import", "run.tgz", "--db", "other.db")).toBe("run.tgz → fail-2\n")
    expect(await ok("get", "fail-2", "--db", "other.db")).toContain("Status:              Failed\n")
    await ok("cp", "fail-2", "out", "--db", "other.db")
    expect(existsSync(join(cli.folder, "out/fail-2/saved/note.txt"))).toBe(true)
  })

  it("is compared with another one", async () => {
    await begin("fail", "fail-3")
    await begin("ask", "ask-3")
    await cli.run(["wait", "fail-3"])
    const same = await ok("diff", "fail-2", "fail-3")
    expect(same).toMatch(/^fail-2 → fail-3\n/)
    expect(await ok("diff", "fail-3", "ask-3")).toContain("refuse\n  only in the first\n")
  })
})

describe("the state file", () => {
  it("is examined", async () => {
    const { code, out } = await cli.run(["doctor"])
    expect([code, out]).toEqual([0, expect.stringContaining("✔ Integrity        ok\n")])
    expect(out).toContain("1 living processes")
  })

  it("has its garbage collected", async () => {
    expect(await ok("gc", "--dry-run")).toMatch(/^\d+ artifacts would be deleted/)
    expect(await ok("gc", "--sweep")).toContain("0 objects that no run names deleted")
  })
})
