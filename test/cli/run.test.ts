/**
 * `run` and what executes again: TypeScript modules and manifests,
 * to the end, through interrupts and deaths of the process.
 */
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

const library = join(import.meta.dirname, "../../mod.ts")
let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file("flow.ts", flow)
})
afterAll(() => cli?.remove())

/** `wait` waits for ever unless told; what it does when it is ended is up to its input. */
const flow = `
import { existsSync, writeFileSync } from "node:fs"
import { Schema, task, workflow } from ${JSON.stringify(library)}

class TooBig extends Schema.TaggedError<TooBig>()("TooBig", { most: Schema.Number }) {}

const square = task("square", {
  input: { n: Schema.Number },
  output: Schema.Number,
  errors: [TooBig],
  run: ({ n }, { log }) => {
    log("squaring", n)
    if (n > 9 && !existsSync("big")) throw new TooBig({ most: 9 })
    return n * n
  }
})
export const squares = workflow("squares", { input: { n: Schema.Number } }, (w) =>
  w.node("second", square, { input: { n: w.node("first", square, { input: { n: w.input.n } }) } }))

const wait = task("wait", {
  run: (_, { signal }) => {
    if (existsSync("enough")) return "done"
    return new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  }
})
export const endless = workflow("endless", {}, (w) => w.node("wait", wait))
const busy = task("busy", {
  errors: [TooBig],
  retry: { limit: 1 },
  run: (_, { attempt }) => { throw new TooBig({ most: attempt }) }
})
export const again = workflow("again", {}, (w) => w.node("busy", busy))
const sleep = task("sleep", { run: () => new Promise<void>((resolve) => setTimeout(resolve, 600_000)) })
export const deaf = workflow("deaf", {}, (w) => w.node("sleep", sleep))
export const stubborn = workflow("stubborn", {}, (w) => {
  w.node("wait", wait)
  w.onExit((_, { signal }) => new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))))
})
`

const run = (...args: ReadonlyArray<string>) => cli.run(["run", "flow.ts", ...args])

/** How long something took: a busy machine takes its time. */
const took = /\b\d[\d.]*(?:ms|[smh])(?:\d+[sm])?(?= |$)/gm

describe("run of a module", () => {
  it("gives the output, as lines or as data", async () => {
    const plain = await run("--workflow", "squares", "--input", '{"n":2}')
    expect(plain).toMatchObject({ code: 0, err: "" })
    expect(plain.out).toMatch(
      /^● first Running\nfirst: squaring 2\n✔ first Succeeded\n● second Running\nsecond: squaring 4\n✔ second Succeeded\n {2}output = 16\nCritical path: first → second\n✔ squares-\w+ Succeeded {2}\(.*, 2 of 2 nodes\)\n$/
    )
    const json = await run("--workflow", "squares", "-p", "n=2", "-o", "json")
    expect(JSON.parse(json.out)).toMatchObject({
      phase: "Succeeded",
      output: 16,
      nodes: [{ name: "first", output: 4 }, {}]
    })
    const lines = (await run("--workflow", "squares", "-p", "n=2", "-o", "ndjson")).out.trim().split("\n")
    const events = lines.map((line) => JSON.parse(line).event.type)
    expect([events[0], events.at(-1)]).toEqual(["RunCreated", "RunFinished"])
  })

  it("that has an id of an ended one shows that one, and says that nothing is run", async () => {
    const again = ["run", "flow.ts", "--workflow", "squares", "--input", '{"n": 3}', "--id", "once"]
    expect((await cli.run(again)).err).not.toContain("nothing is run")
    const second = await cli.run([...again, "-o", "json"])
    expect(second.code).toBe(0)
    expect(second.err).toContain("Run once has already ended (Succeeded); nothing was started. ")
    expect(second.err).toContain("resubmit once")
    expect(JSON.parse(second.out)).toMatchObject({ id: "once", output: 81 })
  })

  it("refuses what cannot run before anything runs", async () => {
    expect(await run("--input", '{"n":2}')).toMatchObject({
      code: 64,
      err: expect.stringContaining(
        "exports 5 workflows: choose one with --workflow again, --workflow deaf, --workflow endless"
      )
    })
    expect(await run("--workflow", "square")).toMatchObject({
      code: 64,
      err: expect.stringContaining('Did you mean "squares"?')
    })
    expect((await run("--workflow", "squares")).err.trim().split("\n").slice(-3)).toEqual([
      'pinnace: Workflow "squares" needs an input, and none was given: it is { n: number }',
      `Give it as JSON: --input '{"n":1}'`,
      "Or field by field: -p n=1"
    ])
    expect(await run("--workflow", "squares", "-p", "n=two")).toMatchObject({ code: 64, out: "" })
    expect(await run("--workflow", "squares", "--input", "{")).toMatchObject({ code: 64, out: "" })
  })

  it("that failed tells of each attempt", async () => {
    const { code, out } = await run("--workflow", "again")
    expect(code).toBe(1)
    expect(out).toMatch(/\n {2}attempt 1\/2 +\S+ +TooBig {"most":1}\n {2}attempt 2\/2 +\S+ +TooBig.* {"most":2}\n/)
  })

  it("that failed says why and how to go on, and does", async () => {
    const failed = await run("--workflow", "squares", "-p", "n=4", "--id", "big-1")
    expect(failed.code).toBe(1)
    expect(failed.out).toMatch(/Failed: second: TooBig {"most":9}\n {2}at flow\.ts:\d+:\d+\n {2}\| squaring 16\n/)
    expect(failed.out).toContain("pinnace retry big-1")
    expect((await cli.run(["retry", "big-1", "--dry-run"])).out).toContain(
      "Would run 1 node of big-1 again, and keep 1:\n  second "
    )
    cli.file("big", "")
    const retried = await cli.run(["retry", "big-1"])
    expect(retried).toMatchObject({ code: 0, err: "" })
    expect(retried.out).toMatch(/^● second Running\n/)
    const forked = await cli.run(["fork", "big-1", "second", "-o", "json"])
    expect(JSON.parse(forked.out)).toMatchObject({ phase: "Succeeded", output: 256 })
    const again = await cli.run(["resubmit", "big-1", "-p", "n=3", "-o", "json"])
    expect(JSON.parse(again.out)).toMatchObject({ phase: "Succeeded", input: { n: 3 }, output: 81 })
  })
})

describe("an interrupt", () => {
  it("stops the run, and a second terminates it with its exit handlers", async () => {
    const started = cli.start(["run", "flow.ts", "--workflow", "stubborn", "--id", "stubborn-1"])
    await started.seen("● wait Running")
    started.child.kill("SIGINT")
    await started.seen("Stopping: exit handlers run")
    await started.seen("● .onExit Running")
    started.child.kill("SIGINT")
    await started.seen("Terminating")
    expect((await started.done).code).toBe(130)
    expect((await cli.run(["get", "stubborn-1"])).out).toMatch(/✖ onExit .*Terminated/)
  })

  it("kills the process at the third time, and says how to go on", async () => {
    const started = cli.start(["run", "flow.ts", "--workflow", "deaf", "--id", "deaf-1"])
    await started.seen("● sleep Running")
    for (const answer of ["Stopping", "Terminating", "Killed. Go on with: pinnace resume deaf-1"]) {
      started.child.kill("SIGINT")
      await started.seen(answer)
    }
    expect((await started.done).code).toBe(130)
    expect((await cli.run(["list", "--running", "-o", "name"])).out).toBe("deaf-1\n")
    expect((await cli.run(["resume", "deaf-1"])).code).toBe(1)
    expect((await cli.run(["list", "--running", "-o", "name"])).out).toBe("")
  })

  for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    it(`leaves the run for resume when it is ${signal}`, async () => {
      const id = `left-${code}`
      const started = cli.start(["run", "flow.ts", "--workflow", "stubborn", "--id", id])
      await started.seen("● wait Running")
      started.child.kill(signal)
      const done = await started.done
      expect(done).toMatchObject({ code, err: expect.stringContaining(`Go on with: pinnace resume ${id} --db`) })
      expect((await cli.run(["list", "--running", "-o", "name"])).out).toContain(id)
      expect((await cli.run(["terminate", id])).code).toBe(0)
    })
  }

  it("leaves a run that only was looked at alone", async () => {
    const started = cli.start(["run", "flow.ts", "--workflow", "endless", "--id", "endless-1"])
    await started.seen("● wait Running")
    const watching = cli.start(["watch", "endless-1"])
    await watching.seen("● wait Running")
    watching.child.kill("SIGINT")
    expect((await watching.done).code).toBe(130)
    expect((await cli.run(["list", "--running", "-o", "name"])).out).toBe("endless-1\n")
    started.child.kill("SIGKILL")
    await started.done
    expect((await cli.run(["why", "endless-1"])).out).toContain("pinnace resume endless-1")
    expect((await cli.run(["doctor"])).code).toBe(1)
    cli.file("enough", "")
    const resumed = await cli.run(["resume", "endless-1"])
    expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining("✔ endless-1 Succeeded") })
  })
})

describe("run of a manifest", () => {
  const manifest = `kind: Workflow
metadata: {name: steps}
spec:
  entrypoint: main
  onExit: bye
  arguments: {parameters: [{name: code, value: "0"}]}
  templates:
  - name: main
    steps:
    - - {name: a, template: ok}
    - - {name: b1, template: ok}
      - {name: b2, template: ok, when: "1 == 2"}
    - - {name: c, template: bad}
  - {name: ok, outputs: {artifacts: [{name: o, path: /tmp/pinnace-test-o}]}, script: {command: [sh], source: "echo hi | tee /tmp/pinnace-test-o"}}
  - {name: bad, retryStrategy: {limit: 1}, script: {command: [sh], source: "exit {{workflow.parameters.code}}"}}
  - {name: bye, script: {command: [sh], source: "echo bye"}}
`

  it("is drawn as argo draws it, and retried with other parameters", async () => {
    cli.file("steps.yaml", manifest)
    const failed = await cli.run(["run", "steps.yaml", "-p", "code=3", "--id", "steps-1"])
    expect(failed.code).toBe(1)
    expect(failed.out).toContain("Failed: steps[2].c(1) (attempt 2/2): main: Error (exit code 3)\n")
    const tree = (await cli.run(["get", "steps", "-o", "short"])).out.replace(took, "T").replace(/ +/g, " ")
    expect(tree.split("\n")).toEqual([
      "STEP TEMPLATE DURATION MESSAGE",
      " ✖ steps main T steps[2].c failed",
      " ├───✔ a ok T",
      " ├─┬─✔ b1 ok T",
      " │ └─○ b2 ok when '1 == 2' evaluated false",
      " └───✖ c bad T No more retries left",
      " ├─✖ c(0) bad T main: Error (exit code 3)",
      " └─✖ c(1) bad T attempt 2/2; main: Error (exit code 3)",
      "",
      " ✔ steps.onExit bye T",
      ""
    ])
    expect((await cli.run(["list", "--workflow", "steps"])).out).toMatch(/\n(?:steps-1 .* )a step failed\n$/)
    expect((await cli.run(["logs", "steps", "a"])).out).toBe("steps[0].a: hi\n")
    expect((await cli.run(["graph", "steps"])).out).toMatch(/3 +steps\[2\]\.c +bad +← steps\[1\]\.b1, steps\[1\]\.b2/)
    expect((await cli.run(["cp", "steps", "out"])).out).toContain("o of steps[0].a → out/steps-1/steps[0].a/o")
    const planned = (await cli.run(["retry", "steps", "--dry-run"])).out
    expect(planned).toContain("steps[2].c(0)")
    expect(planned).not.toContain("steps[0].a ")
    const retried = await cli.run(["retry", "steps", "-p", "code=0", "-o", "json"])
    expect(JSON.parse(retried.out)).toMatchObject({ id: "steps-1", name: "steps", phase: "Succeeded" })
  })

  it("waits for a person at a suspend node", async () => {
    cli.file("gate.yaml", gate)
    const started = cli.start(["run", "gate.yaml", "--id", "gate-1"])
    await started.seen("gate[0].ask Running")
    const watching = cli.start(["watch", "gate-1"])
    await watching.seen("gate[0].ask")
    expect((await cli.run(["why", "gate-1"])).out).toMatch(
      /^gate\[0\]\.ask: it waits for a signal with word\n {2}pinnace signal gate-1 'gate\[0\]\.ask' -p word=VALUE/
    )
    const answer = await cli.run(["signal", "gate-1", "ask", "-p", "word=yes"])
    expect(answer).toMatchObject({ code: 0, err: "" })
    expect(await started.done).toMatchObject({ code: 0, out: expect.stringContaining("  word = yes\n") })
    expect((await watching.done).code).toBe(0)
  })

  it("keeps what node set gives a suspend node until it is resumed, and is not resumed without", async () => {
    cli.file("gate.yaml", gate)
    const started = cli.start(["run", "gate.yaml", "--id", "gate-2"])
    await started.seen("gate[0].ask Running")
    const early = await cli.run(["resume", "gate-2"])
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('output "word" of "ask" has no value') })
    const set = ["node", "set", "gate-2", "--output-parameter", "word=kept", "--node-field-selector"]
    expect((await cli.run([...set, "displayName=other"])).err).toContain("matches displayName=other waits")
    expect((await cli.run(["resume", "gate-2"])).code).toBe(1)
    expect(await cli.run([...set, "displayName=ask"])).toMatchObject({ code: 0, err: "" })
    expect(await cli.run(["resume", "gate-2"])).toMatchObject({ code: 0, err: "" })
    expect(await started.done).toMatchObject({ code: 0, out: expect.stringContaining("  word = kept\n") })
    expect((await cli.run(["node", "get", "gate-2"])).code).toBe(64)
  })
})

const gate = `kind: Workflow
metadata: {name: gate}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: ask, template: ask}
  - {name: ask, suspend: {}, outputs: {parameters: [{name: word, globalName: word, valueFrom: {supplied: {}}}]}}
`
