/** What is shown of a run besides its phase: who started it, what was cut off or is undone, which policy it follows. */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Cli, type Started } from "./Cli.ts"

const library = join(import.meta.dirname, "../../mod.ts")

const flow = `
import { existsSync, watch } from "node:fs"
import { flow, Schema, task, workflow } from ${JSON.stringify(library)}
const there = (name: string) => new Promise<void>((resolve) => {
  const watcher = watch(".", () => look())
  const look = () => existsSync(name) && (watcher.close(), resolve())
  console.log("waits for", name)
  look()
})
export const long = workflow("long", {}, (w) => w.node("work", task("work", { run: () => there("go") })))
const book = task("book", {
  run: () => "room 7",
  compensate: async () => there("cancelled")
})
const fail = task("fail", { run: () => { throw new Error("no flight") } })
export const poll = flow("poll", { input: Schema.Number }, async (n, f) => {
  await f.step("look", () => {})
  if (n > 1) f.continueAs(n - 1)
})
export const saved = workflow("saved", {}, (w) => {
  w.node("hotel", task("book", {
    run: () => "room 8",
    compensate: ({ output }) => console.log("cancelled", output)
  }))
  w.node("mail", task("mail", { run: () => {} }))
})
export const trip = workflow("trip", {}, (w) => w.node("fly", fail, { after: [w.node("hotel", book)] }))
`

let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file("flow.ts", flow)
})
afterAll(() => cli.remove())

const ok = async (...args: ReadonlyArray<string>): Promise<string> => {
  const { code, err, out } = await cli.run(args)
  expect([code, err], args.join(" ")).toEqual([0, ""])
  return out
}

const kill = async ({ child, done }: Started): Promise<void> => {
  child.kill("SIGKILL")
  await done
}

test("What a process had at work when it died is shown as cut off, and begun again once another one goes on", async () => {
  const first = cli.start(["run", "flow.ts", "--workflow", "long", "--id", "cut", "-o", "plain"], {
    PINNACE_ACTOR: "ada"
  })
  await first.seen("waits for go")
  await kill(first)
  expect(await ok("get", "cut")).toContain("Running (Interrupted)")
  expect(await ok("timeline", "cut", "--no-utf8")).toMatch(/^work +x+ .*x cut off with its process/ms)
  const second = cli.start(["resume", "cut"])
  await second.seen("waits for go")
  expect(await ok("get", "cut")).toMatch(/cut off with its process, begun again$/m)
  cli.file("go", "")
  await second.done
  const { nodes: [{ stretches }] } = JSON.parse(await ok("timeline", "cut", "-o", "json"))
  expect(stretches.map(({ doing }: { readonly doing: string }) => doing)).toContain("gone")
  expect(stretches.at(-1).doing).toBe("running")
})

test("Who started a run is in its head", async () => {
  expect(await ok("get", "cut")).toMatch(/^Started by: +ada$/m)
})

test("A run that is undone says so, until that is done", async () => {
  const run = cli.start(["run", "flow.ts", "--workflow", "trip", "--id", "trip", "-o", "plain"])
  await run.seen("waits for cancelled")
  expect(await ok("get", "trip")).toMatch(/^Status: +Running \(Compensating\)$/m)
  expect(await ok("list")).toMatch(/^trip +trip +Running \(Compensating\) /m)
  cli.file("cancelled", "")
  await run.done
  expect(await ok("get", "trip")).toMatch(/^Status: +Error$/m)
  rmSync(join(cli.folder, "cancelled"))
})

test("A start with a policy follows it, and one that makes no sense is refused with what does", async () => {
  const start = (policy: string, ...more: ReadonlyArray<string>) =>
    cli.run(["run", "flow.ts", "--workflow", "long", "--policy", policy, ...more])
  const one = '{"singleton":{"key":"acme","taken":"refuse"}}'
  expect((await start("singleton")).err).toContain('write JSON, such as {"singleton":{"key":"acme"}}')
  expect((await start('{"singelton":{}}')).err).toContain("--policy singelton: write singleton, debounce")
  expect((await start('{"singleton":{"takn":"queue"}}')).err).toContain("--policy singleton.takn: write")
  expect((await start('{"singleton":{"taken":"maybe"}}')).err).toContain('has a "singleton" that has a "taken" that')
  const first = cli.start(["run", "flow.ts", "--workflow", "trip", "--id", "one", "--policy", one, "-o", "plain"])
  await first.seen("waits for cancelled")
  const second = await cli.run(["run", "flow.ts", "--workflow", "trip", "--id", "two", "--policy", one])
  expect(second.err).toContain("one")
  expect(second.code).not.toBe(0)
  cli.file("cancelled", "")
  await first.done
})

test("What a run did is undone after its end, once, by a command that has worked then", async () => {
  await ok("run", "flow.ts", "--workflow", "saved", "--id", "done")
  const planned = ["compensate", "done", "--file", "flow.ts"]
  const told =
    "Would undo 1 node of done, and leave 1 as it is:\n  hotel   undone as number 1\n  mail    stays: it does not say how\n"
  expect([await ok(...planned, "--dry-run"), await ok(...planned, "--plan", "--detach")]).toEqual([told, told])
  expect(JSON.parse(await ok(...planned, "--dry-run", "-o", "json"))).toEqual({
    undo: ["hotel"],
    skip: [{ path: "mail", why: "it does not say how" }]
  })
  expect(await ok("get", "done")).not.toContain("hotel.compensate")
  const out = await ok("compensate", "done", "--file", "flow.ts", "-o", "plain")
  expect(out).toContain("cancelled room 8")
  expect(out).toContain("hotel.compensate Succeeded")
  expect(await ok("get", "done")).toContain("What it did was undone")
  expect(await ok(...planned, "--dry-run")).toMatch(
    /^Nothing of done is left to be undone\n {2}hotel {3}stays: it is undone already\n/
  )
  const again = await cli.run(["compensate", "done", "--file", "flow.ts"])
  expect([again.code, again.err]).toEqual([1, expect.stringContaining("nothing is left to be undone")])
})

test("The links of a chain are shown together, whichever of them is named", async () => {
  await ok("run", "flow.ts", "--workflow", "poll", "--id", "poll-7", "--input", "3")
  for (const named of ["poll-7", "poll-7~2", "poll-7~3"]) {
    expect(await ok("list", "--chain", named, "-o", "name")).toBe("poll-7~3\npoll-7~2\npoll-7\n")
    expect(await ok("get", named, "--chain", "-o", "name")).toBe("poll-7\npoll-7~2\npoll-7~3\n")
  }
  expect(await ok("list", "--chain", "poll-7", "--prefix", "poll-7~", "-o", "name")).toBe("poll-7~3\npoll-7~2\n")
  expect(await ok("list", "--chain", "poll-7", "--status", "Failed", "-o", "name")).toBe("")
  await ok("delete", "poll-7")
  expect(await ok("list", "--chain", "poll-7~2", "-o", "name")).toBe("poll-7~3\npoll-7~2\n")
  expect(await ok("get", "done", "--chain", "-o", "name")).toBe("done\n")
})

test("What is collected at the end of a run is nobody's deed", async () => {
  await ok("run", "flow.ts", "--workflow", "saved", "--id", "collected")
  expect(JSON.parse(await ok("audit", "-o", "json")).map(({ did }: { did: string }) => did)).not.toContain("gc")
})
