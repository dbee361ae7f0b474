/**
 * The workflows that host processes know, by name. Bodies trace
 * what they do; some wait at a gate until the test opens it.
 */
import * as Effect from "effect/Effect"
import process from "node:process"
import { every, schedule, Schema, secret, task, type TaskContext, workflow } from "../../mod.ts"
import { FlowPrograms, valueOf } from "../sim/FlowPrograms.ts"
import { Flaky, pause, rich, type Variant } from "./rich.ts"
import { trace } from "./trace.ts"

const gates = new Map<string, () => void>()
const opened = new Set<string>()

/** Lets the bodies that wait at this gate go on, now or when they come to it. */
export const openGate = (name: string): void => {
  opened.add(name)
  gates.get(name)?.()
}

/** Waits at a gate, or until the signal fires. */
const gate = (context: TaskContext, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (opened.has(name)) return resolve()
    gates.set(name, resolve)
    context.signal.addEventListener("abort", () => {
      trace(context, "aborted")
      reject(new Error("aborted"))
    })
  })

const traced = async <A>(context: TaskContext, body: () => A | Promise<A>): Promise<A> => {
  trace(context, "begin")
  const value = await body()
  trace(context, "end")
  return value
}

const follow = (_: unknown, context: TaskContext): Promise<void> => traced(context, () => {})

const step = task("step", { output: Schema.String, run: (_, context) => traced(context, () => context.node) })

const held = task("held", {
  output: Schema.String,
  run: (_, context) => traced(context, () => gate(context, context.node).then(() => context.node))
})

/** Fails its first attempts; the back-off is as long as the environment says. */
const flaky = (failures: number) =>
  task("flaky", {
    output: Schema.Int,
    errors: [Flaky],
    retry: { limit: 10, backoff: { duration: Number(process.env["PINNACE_TEST_BACKOFF"] ?? 10), factor: 1 } },
    run: async (_, context) => {
      trace(context, "begin")
      if (context.attempt <= failures) throw new Flaky({ node: context.node })
      trace(context, "end")
      return context.attempt
    }
  })

const link = task("link", { input: { n: Schema.Int }, output: Schema.Int, run: ({ n }) => n + 1 })

const chain = () =>
  workflow("chain", {}, (w) => {
    let last = w.node("n1", link, { input: { n: 0 } })
    for (let at = 2; at <= 1000; at++) last = w.node(`n${at}`, link, { input: { n: last } })
    return last
  })

/** Every kind of node that commits, small enough to be killed at each of its commits. */
const matrix = () => {
  const inner = workflow("inner", {}, (w) => {
    w.onExit(follow)
    return w.node("leaf", step)
  })
  const parent = task("parent", { output: Schema.String, run: (_, it) => traced(it, () => it.call("child", step)) })
  return workflow("matrix", {}, (w) => {
    const first = w.node("first", step, { onExit: follow })
    const again = w.node("again", flaky(1), { after: [first] })
    const each = w.map("each", ["x", "y"], step, () => undefined, { key: (it) => it })
    const nested = w.node("nested", inner)
    const made = w.node("made", parent, { hooks: { succeeded: follow } })
    w.node("last", step, { after: [again, each, nested, made] })
    w.onExit(follow)
    return again
  })
}

const threeSteps = () =>
  workflow("steps", {}, (w) => {
    const one = w.node("one", step)
    const two = w.node("two", held, { after: [one], onExit: follow })
    w.onExit(follow)
    return w.node("three", step, { after: [two] })
  })

const family = () => {
  const parent = task("parent", { run: (_, context) => traced(context, () => context.call("child", held)) })
  return workflow("family", {}, (w) => void w.node("parent", parent))
}

/** Its body fails because of one child while another still works, and listens to neither of two. */
const careless = () => {
  const rude = task("rude", { run: (_, context) => traced(context, throws) })
  const body = async (_: unknown, context: TaskContext): Promise<void> => {
    const [first, second] = [context.call("first", rude), context.call("second", held)]
    void context.call("third", rude)
    await first
    await second
  }
  return workflow("careless", {}, (w) => void w.node("body", task("body", { run: body })))
}

const doors = () =>
  workflow("doors", {}, (w) => {
    for (const name of ["a", "b", "c"]) {
      const door = w.suspend(name)
      w.node(`after-${name}`, step, { after: [door] })
    }
  })

const nap = () =>
  workflow("nap", {}, (w) => {
    const slept = w.sleep("sleep", Number(process.env["PINNACE_TEST_BACKOFF"] ?? 10))
    w.node("woken", step, { after: [slept] })
  })

/** Each waits in another way, and all have an hour in total. */
const deadlines = {
  suspended: () => workflow("late-suspended", { timeout: "1 hour" }, (w) => void w.suspend("door")),
  working: () => workflow("late-working", { timeout: "1 hour" }, (w) => void w.node("two", held)),
  "backing-off": () => workflow("late-backing-off", { timeout: "1 hour" }, (w) => void w.node("again", flaky(9))),
  queueing: () =>
    workflow("late-queueing", { timeout: "1 hour", parallelism: 1 }, (w) => {
      w.suspend("door")
      w.node("one", step)
    }),
  nested: () => {
    const inner = workflow("inner", {}, (w) => void w.suspend("door"))
    return workflow("late-nested", { timeout: "1 hour" }, (w) => void w.node("inner", inner))
  }
}

const waiting = () =>
  workflow("waiting", {}, (w) => {
    w.suspend("door")
    w.sleep("sleep", "1 hour")
    w.node("again", flaky(99), { retry: { limit: 99, backoff: "1 hour" } })
    w.map("each", ["x", "y"], held, () => undefined, { key: (it) => it, concurrency: 1 })
    w.onExit(follow)
  })

/** User code that throws wherever it is asked something. */
const rude = {
  guard: () => workflow("rude-guard", {}, (w) => void w.node("one", step, { when: throws })),
  mapping: () =>
    workflow(
      "rude-mapping",
      {},
      (w) => void w.node("one", link, { input: () => throws() as unknown as { n: number } })
    ),
  key: () =>
    workflow("rude-key", {}, (w) => void w.map("each", ["x"], step, () => undefined, { key: () => `${throws()}` })),
  retry: () =>
    workflow("rude-retry", {}, (w) => void w.node("again", flaky(3), { retry: { limit: 3, while: throws } })),
  body: () => workflow("rude-body", {}, (w) => void w.node("one", task("rude", { run: throws }))),
  effect: () =>
    workflow(
      "rude-effect",
      {},
      (w) => void w.node("one", task("rude", { run: () => Effect.sync(() => void throws()) }))
    ),
  finalizer: () =>
    workflow("rude-finalizer", {}, (w) => {
      const broken = Effect.acquireRelease(Effect.void, () => Effect.die(new Error("rude")))
      w.node("one", task("rude", { run: () => broken }))
    }),
  thenable: () =>
    workflow("rude-thenable", {}, (w) => {
      const rude = { then: () => throws() } as unknown as Promise<void>
      w.node("one", task("rude", { run: () => rude }))
    }),
  output: () =>
    workflow("rude-output", {}, (w) => {
      const rude = { toJSON: () => throws() } as unknown as string
      w.node("one", task("rude", { output: Schema.String, run: () => rude }))
    }),
  handler: () =>
    workflow("rude-handler", {}, (w) => {
      w.node("one", step)
      w.onExit(() => void throws())
    })
}

const throws = (): boolean => {
  throw new Error("rude")
}

/** What no file, log, event or error may show. */
export const canary = "canary-7c1f4a"

class Revealing extends Schema.TaggedError<Revealing>()("Revealing", { text: Schema.String }) {}

const key = { key: Schema.Redacted(Schema.String) }

const use = task("use", {
  input: key,
  output: Schema.Int,
  onExit: (exit, context) => context.log(exit),
  run: async (it, context) => {
    const clear = await context.secret("CANARY")
    context.log("the key is", it.key, String(it.key), JSON.stringify(it), clear)
    context.progress(1, 2, clear)
    console.log(it, clear)
    return clear.length
  }
})

const echo = task("echo", { input: { text: Schema.String }, output: Schema.Int, run: ({ text }) => text.length })

/** A task that lets a clear value out in some way. */
const leak = (name: string, run: (clear: string, context: TaskContext) => unknown) =>
  task(name, {
    errors: [Revealing],
    retry: { limit: 1 },
    hooks: { retrying: (info, context) => context.log(info), failed: (info, context) => context.log(info) },
    onExit: (exit, context) => context.log(exit),
    run: async (_, context) => {
      await run(await context.secret("CANARY"), context)
    }
  })

const leaks = [
  leak("defect", (clear) => {
    throw new Error(`cannot use ${clear}`)
  }),
  leak("typed", (clear) => {
    throw new Revealing({ text: clear })
  }),
  leak("text", (clear) => {
    throw clear
  }),
  leak("child-input", (clear, context) => context.call("echo", echo, { text: clear })),
  leak("child-name", (clear, context) => context.call(clear, step)),
  leak("caused", (clear) => {
    throw new Error("outer", { cause: new Error(clear) })
  })
]

/** Uses a secret in every way there is, and lets it out in every way an author may. */
const secretive = () => {
  const tell = task("tell", { output: key, run: () => ({ key: secret("CANARY") }) })
  const print = task("print", { output: Schema.String, run: (_, context) => context.secret("CANARY") })
  const missing = task("missing", { run: (_, context) => context.secret("NOBODY-KNOWS") })
  return workflow("secretive", {}, (w) => {
    w.node("use", use, { input: { key: secret("CANARY") } })
    const told = w.node("tell", tell)
    w.node("again", use, { input: { key: told.at("key") } })
    w.node("print", print)
    w.node("missing", missing)
    for (const task of leaks) w.node(task.name, task)
  })
}

const makers: Record<string, () => unknown> = {
  rich: () => rich(JSON.parse(process.env["PINNACE_TEST_VARIANT"] ?? "{}") as Variant),
  backoff: () => workflow("backoff", {}, (w) => w.node("again", flaky(1))),
  quick: () => workflow("quick", {}, (w) => void w.node("one", step, { onExit: (_, it) => pause(it, 1) })),
  careless,
  chain,
  family,
  matrix,
  steps: threeSteps,
  doors,
  nap,
  waiting,
  secretive
}
for (const [name, make] of Object.entries(deadlines)) makers[`late-${name}`] = make
for (const [name, make] of Object.entries(rude)) makers[`rude-${name}`] = make

/** The names of the workflows that throw. */
export const rudeNames: ReadonlyArray<string> = Object.keys(rude).map((name) => `rude-${name}`)

/** The names of the workflows with a deadline. */
export const lateNames: ReadonlyArray<string> = Object.keys(deadlines).map((name) => `late-${name}`)

const made = new Map<string, unknown>()

/** The straight-line program of a seed, as a flow, and what it gives. */
export const programOf = (seed: number): { readonly workflow: unknown; readonly value: number } => {
  const programs = new FlowPrograms(seed)
  const ops = programs.make(0)
  return { workflow: programs.flowOf(`program-${seed}`, ops), value: valueOf(ops) }
}

/** Its instants are filled by several processes at once. */
export const tick = schedule("tick", every("1 minute"), workflow("tick", {}, (w) => void w.node("one", step)), {
  overlap: "allow"
})

const makerOf = (name: string): (() => unknown) | undefined => {
  const [, seed] = /^program-(\d+)$/.exec(name) ?? []
  return seed === undefined ? makers[name] : () => programOf(Number(seed)).workflow
}

/** The workflow with this name; the same value each time. */
export const stage = (name: string): unknown => {
  const maker = makerOf(name)
  if (maker === undefined) throw new Error(`no workflow ${name}`)
  if (!made.has(name)) made.set(name, maker())
  return made.get(name)
}
