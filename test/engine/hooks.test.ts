import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { handler, Schema, task, workflow } from "../../mod.ts"
import type { HookInfo } from "../../mod.ts"
import { nodeOf, phases, play, TestBed } from "./TestBed.ts"

class Bad extends Schema.TaggedError<Bad>()("Bad", { attempt: Schema.Number }) {}

const flaky = task("flaky", {
  errors: [Bad],
  output: Schema.Number,
  run: (_: void, { attempt }) =>
    Effect.andThen(Effect.sleep("1 second"), attempt < 3 ? Effect.fail(new Bad({ attempt })) : Effect.succeed(attempt))
})

const names = ["started", "succeeded", "failed", "retrying"] as const

/** Hooks that note when they fire. */
const noting = (log: Array<string>) =>
  Object.fromEntries(names.map((name) => [name, ({ attempt, node, outcome }: HookInfo) => {
    const told = "error" in outcome && outcome.error instanceof Bad ? ` Bad ${outcome.error.attempt}` : ""
    log.push(`${node} ${name} ${attempt} ${outcome.phase}${told}`)
  }]))

test("Hooks fire on started, on each retrying and on succeeded, told the attempt and the typed outcome", async () => {
  const log: Array<string> = []
  const run = await play(
    workflow("w", {}, (w) => w.node("n", flaky, { retry: { limit: 5, backoff: "1 minute" }, hooks: noting(log) }))
  )
  expect(log).toEqual([
    "n started 1 Running",
    "n retrying 1 Failed Bad 1",
    "n retrying 2 Failed Bad 2",
    "n succeeded 3 Succeeded"
  ])
  expect(await phases(run)).toEqual({
    n: "Succeeded",
    "n.hooks.started": "Succeeded",
    "n.hooks.retrying": "Succeeded",
    "n.hooks.retrying[2]": "Succeeded",
    "n.hooks.succeeded": "Succeeded"
  })
  expect((await nodeOf(run, "n.hooks.started")).kind).toBe("hook")
})

test("The failed hook fires after the last attempt, and after a stop", async () => {
  const log: Array<string> = []
  const bed = new TestBed()
  const one = workflow("w", {}, (w) => {
    w.node("n", flaky, { retry: { limit: 1 }, hooks: noting(log) })
    w.node("slow", task("slow", { run: () => Effect.never }), { hooks: noting(log) })
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(async () => (await phases(run))["n"] === "Failed")
  await bed.quiet()
  await bed.settle(run.stop())
  await bed.ended(run)
  expect(log.filter((line) => line.includes("failed"))).toEqual(["n failed 2 Failed Bad 2", "slow failed 1 Failed"])
})

test("Hooks of a task, an item, a nested workflow and the run fire", async () => {
  const log: Array<string> = []
  const mine = task("mine", { run: () => 1, hooks: noting(log) })
  const each = task("each", { input: Schema.Number, run: (n) => n })
  const inner = workflow("inner", {}, (w) => {
    w.node("leaf", task("leaf", { run: () => 1 }))
    for (const name of names) w.on(name, noting(log)[name]!)
  })
  const run = await play(workflow("w", {}, (w) => {
    const a = w.node("a", mine)
    const m = w.map("m", [1], each, (n) => n, { after: [a], item: { hooks: noting(log) } })
    w.node("sub", inner, { after: [m] })
    for (const name of names) w.on(name, noting(log)[name]!)
  }))
  expect(log.map((line) => line.replace(/ \d /, " "))).toEqual(expect.arrayContaining([
    " started Running",
    "a started Running",
    "a succeeded Succeeded",
    "m[0] started Running",
    "m[0] succeeded Succeeded",
    "sub started Running",
    "sub succeeded Succeeded",
    " succeeded Succeeded"
  ]))
  expect(log).toHaveLength(8)
  expect(await phases(run)).toMatchObject({ ".hooks.started": "Succeeded", "sub.hooks.succeeded": "Succeeded" })
})

test("A node's hooks are added to those of its task, and replace those of the same name", async () => {
  const log: Array<string> = []
  const mine = task("mine", {
    run: () => 1,
    hooks: { started: () => void log.push("task started"), succeeded: () => void log.push("task succeeded") }
  })
  await play(
    workflow("w", {}, (w) => void w.node("a", mine, { hooks: { succeeded: () => void log.push("node succeeded") } }))
  )
  expect(log.sort()).toEqual(["node succeeded", "task started"])
})

test("The retrying hook of a nested workflow fires for each of its attempts, told that attempt, in any interleaving", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    let calls = 0
    const log: Array<string> = []
    const inner = workflow("inner", { retry: { limit: 2 } }, (w) => {
      w.node("leaf", task("leaf", { run: () => ++calls < 3 ? Effect.die("again") : Effect.void }))
      w.on("retrying", ({ attempt, outcome }) => void log.push(`${attempt} ${outcome.phase}`))
    })
    await new TestBed(seed).play(workflow("w", {}, (w) => void w.node("sub", inner)))
    expect([seed, log.sort()]).toEqual([seed, ["1 Error", "2 Error"]])
  }
})

test("No hook of the run or of its nodes fires after terminate", async () => {
  const log: Array<string> = []
  const bed = new TestBed()
  const one = workflow("w", {}, (w) => {
    w.node("slow", task("slow", { run: () => Effect.never }), { hooks: noting(log) })
    for (const name of names) w.on(name, noting(log)[name]!)
  })
  const run = await bed.settle(bed.open().start(one))
  await bed.until(() => log.length === 2)
  await bed.quiet()
  await bed.settle(run.terminate())
  await bed.ended(run)
  expect(log.sort()).toEqual([" started 1 Running", "slow started 1 Running"])
})

test("A retrying hook is not lost when the process dies right after the failure was recorded, in any interleaving", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const log: Array<string> = []
    const bed = new TestBed(seed)
    const one = workflow("w", {}, (w) => w.node("n", flaky, { retry: { backoff: "1 minute" }, hooks: noting(log) }))
    const first = bed.open({ workflows: [one] })
    const { id } = await bed.settle(first.start(one))
    let killed = false
    bed.disk.fault = ({ writes }) => {
      killed ||= writes.some((write) => write.kind === "event" && write.row.type === "AttemptFailed")
      return killed ? { when: "after", what: "kill" } : undefined
    }
    await bed.until(() => killed)
    bed.disk.fault = undefined
    bed.crash(first)
    log.length = 0
    await bed.ended((await bed.open({ workflows: [one] }).get(id))!)
    expect([seed, log.filter((line) => line.includes("retrying"))]).toEqual([
      seed,
      ["n retrying 1 Failed Bad 1", "n retrying 2 Failed Bad 2"]
    ])
  }
})

test("A started hook that waits for a place is not lost when its node ends and the process dies", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const log: Array<string> = []
    const bed = new TestBed(seed)
    const one = workflow("w", {}, (w) => w.node("n", task("n", { run: () => 1 }), { hooks: noting(log) }))
    const first = bed.open({ workflows: [one], parallelism: 1 })
    let killed = false
    bed.disk.fault = ({ writes }) => {
      killed ||= writes.some((write) => write.kind === "event" && write.row.type === "NodeFinished")
      return killed ? { when: "after", what: "kill" } : undefined
    }
    void first.start(one, undefined, { id: "one" })
    await bed.until(() => killed)
    bed.disk.fault = undefined
    bed.crash(first)
    log.length = 0
    await bed.ended((await bed.open({ workflows: [one] }).get("one"))!)
    expect([seed, [...log].sort()]).toEqual([seed, ["n started 1 Running", "n succeeded 1 Succeeded"]])
  }
})

test("A failing hook is recorded and changes nothing else", async () => {
  const run = await play(workflow("w", {}, (w) => {
    const a = w.node("a", task("a", { run: () => 1 }), {
      hooks: {
        started: () => Effect.die(new Error("hook broke")),
        succeeded: () => Promise.reject(new Error("hook broke"))
      }
    })
    w.node("b", task("b", { run: () => 1 }), { after: [a] })
    w.on("succeeded", () => Effect.die(new Error("hook broke")))
  }))
  expect(await phases(run)).toMatchObject({
    a: "Succeeded",
    "a.hooks.started": "Error",
    "a.hooks.succeeded": "Error",
    b: "Succeeded",
    ".hooks.succeeded": "Error"
  })
  expect((await nodeOf(run, "a.hooks.started")).message).toContain("hook broke")
  expect((await run.status()).phase).toBe("Succeeded")
})

test("The node does not wait for its started hook, its parent does", async () => {
  const bed = new TestBed()
  const begin = bed.now
  const { run } = await bed.play(workflow("w", {}, (w) => {
    const a = w.node("a", task("a", { run: () => 1 }), { hooks: { started: () => Effect.sleep("5 seconds") } })
    w.node("b", task("b", { run: () => 1 }), { after: [a] })
  }))
  expect((await nodeOf(run, "a")).finishedAt - begin).toBe(0)
  expect((await nodeOf(run, "b")).startedAt - begin).toBe(5_000)
})

test("A hook may be a workflow with nodes of its own", async () => {
  const inner = workflow(
    "tell",
    { input: Schema.String },
    (w) => w.node("say", task("say", { input: Schema.String, run: (text) => text }), { input: w.input })
  )
  const run = await play(
    workflow("w", {}, (w) =>
      void w.node(
        "a",
        task("a", { run: () => 1 }),
        { hooks: { succeeded: handler(inner, ({ node }) => `${node} is done`) } }
      ))
  )
  expect((await nodeOf(run, "a.hooks.succeeded/say")).output).toBe("a is done")
})

test("A hook that was open when its process died runs again in the next one", async () => {
  const bed = new TestBed()
  const log: Array<string> = []
  const one = workflow("w", {}, (w) =>
    void w.node("a", task("a", { run: () => 1 }), {
      hooks: { succeeded: () => Effect.andThen(Effect.sync(() => log.push("hook")), Effect.sleep("1 minute")) }
    }))
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(() => log.length === 1)
  await bed.quiet()
  bed.crash(first)
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(log).toEqual(["hook", "hook"])
  expect(await phases(run)).toEqual({ a: "Succeeded", "a.hooks.succeeded": "Succeeded" })
})

test("A handler with a condition runs only where that holds; one whose condition throws is recorded as failed", async () => {
  const tell = task("tell", { input: Schema.String, run: () => {} })
  const late = ({ attempt }: { readonly attempt: number }) => attempt > 2
  const run = await play(workflow("w", {}, (w) => {
    w.node("n", flaky, {
      retry: { limit: 5 },
      hooks: {
        retrying: handler(tell, ({ node }) => node, { when: ({ attempt }) => attempt === 2 }),
        succeeded: handler(tell, ({ node }) => node, { when: late })
      },
      onExit: handler(tell, ({ node }) => node, { when: ({ outcome }) => outcome.phase !== "Succeeded" })
    })
    w.node("m", task("m", { run: () => 1 }), {
      onExit: handler(tell, ({ node }) => node, {
        when: () => {
          throw new Error("oh")
        }
      })
    })
    w.onExit(handler(tell, () => "run", { when: ({ outcome }) => outcome.phase === "Failed" }))
  }))
  expect(await phases(run)).toEqual({
    n: "Succeeded",
    "n.hooks.retrying[2]": "Succeeded",
    "n.hooks.succeeded": "Succeeded",
    m: "Succeeded",
    "m.onExit": "Error"
  })
  expect((await nodeOf(run, "m.onExit")).message).toContain("oh")
})

test("A hook with a condition that had begun goes on after a crash, and one that had not is asked again", async () => {
  const bed = new TestBed()
  const asked: Array<string> = []
  const tell = task("tell", { input: Schema.String, run: () => Effect.sleep("1 minute") })
  const when = ({ node }: { readonly node: string }) => asked.push(node) > 0
  const one = workflow(
    "w",
    {},
    (w) =>
      void w.node("a", task("a", { run: () => 1 }), {
        hooks: { succeeded: handler(tell, ({ node }) => node, { when }) }
      })
  )
  const first = bed.open({ workflows: [one] })
  const { id } = await bed.settle(first.start(one))
  await bed.until(async () => (await phases((await first.get(id))!))["a.hooks.succeeded"] === "Running")
  await bed.quiet()
  bed.crash(first)
  const before = asked.length
  const run = (await bed.open({ workflows: [one] }).get(id))!
  await bed.ended(run)
  expect(await phases(run)).toEqual({ a: "Succeeded", "a.hooks.succeeded": "Succeeded" })
  expect(asked.length).toBe(before)
})
