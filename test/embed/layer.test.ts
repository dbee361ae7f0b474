import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { open, RunFailed, Schema, task, workflow } from "../../mod.ts"
import { layer, PinnaceEngine } from "../../src/embed/effect.ts"
import { removeTree } from "../removeTree.ts"

class Greeter
  extends Context.Service<Greeter, { readonly greet: (name: string) => Effect.Effect<string> }>()("test/Greeter") {}
class Bad extends Schema.TaggedError<Bad>()("Bad", { name: Schema.String }) {}

const polite = Layer.succeed(Greeter, { greet: (name) => Effect.succeed(`Good day, ${name}`) })

const greet = task("greet", {
  input: Schema.String,
  output: Schema.String,
  errors: [Bad],
  services: [Greeter],
  run: (name) =>
    name === "" ? Effect.fail(new Bad({ name })) : Effect.flatMap(Greeter, (greeter) => greeter.greet(name))
})

const greeting = workflow(
  "greeting",
  { input: Schema.String, errors: [Bad], services: [Greeter] },
  (w) => w.node("greet", greet, { input: w.input })
)

const engine = layer<Greeter>(":memory:").pipe(Layer.provide(polite))

const makePath = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return join(directory, "state.db")
}

test("open() gives Effect bodies the services of its layer, and closes the layer with the engine", async () => {
  let released = false
  const acquired = Layer.effect(
    Greeter,
    Effect.acquireRelease(
      Effect.succeed({ greet: (name: string) => Effect.succeed(`Hello, ${name}`) }),
      () => Effect.sync(() => void (released = true))
    )
  )
  const pinnace = await open(":memory:", { layer: acquired })
  expect(await pinnace.run(greeting, "Ada")).toBe("Hello, Ada")
  expect(released).toBe(false)
  await pinnace.close()
  expect(released).toBe(true)
})

test("A service is built once for all runs, not for each body", async () => {
  let built = 0
  const counted = Layer.effect(
    Greeter,
    Effect.sync(() => ({ greet: (name: string) => Effect.succeed(`${++built} ${name}`) }))
  )
  const pinnace = await open(":memory:", { layer: counted })
  onTestFinished(() => pinnace.close())
  expect([await pinnace.run(greeting, "a"), await pinnace.run(greeting, "b")]).toEqual(["1 a", "2 b"])
})

test("An Effect app gets the engine as a service, with typed results and its own services in bodies", async () => {
  const program = Effect.gen(function* () {
    const pinnace = yield* PinnaceEngine.with<Greeter>()
    const run = yield* pinnace.start(greeting, "Ada")
    return [
      yield* run.result,
      (yield* run.ending).phase,
      (yield* pinnace.list()).length,
      (yield* pinnace.get(run.id)).id === run.id
    ] as const
  })
  expect(await Effect.runPromise(Effect.provide(program, engine))).toEqual(["Good day, Ada", "Succeeded", 1, true])
})

test("Typed errors are in the error channel as their class, untyped ones as RunFailed", async () => {
  const broken = workflow("broken", {}, (w) => void w.node("n", task("n", { run: () => Effect.die("no") })))
  const program = Effect.gen(function* () {
    const pinnace = yield* PinnaceEngine.with<Greeter>()
    const typed = yield* Effect.flip((yield* pinnace.start(greeting, "")).result)
    const untyped = yield* Effect.flip((yield* pinnace.start(broken, undefined)).result)
    return [typed, untyped]
  })
  const [typed, untyped] = await Effect.runPromise(Effect.provide(program, engine))
  expect(typed).toBeInstanceOf(Bad)
  expect(untyped).toBeInstanceOf(RunFailed)
})

test("Events are a Stream that ends with the run; commands are Effects that fail with Refused", async () => {
  const waiting = workflow("waiting", {}, (w) => w.suspend("ask", { output: Schema.Number }))
  const program = Effect.gen(function* () {
    const pinnace = yield* PinnaceEngine
    const run = yield* pinnace.start(waiting, undefined)
    yield* run.events().pipe(Stream.takeUntil(({ event }) => event.type === "NodeWaiting"), Stream.runDrain)
    const refused = yield* Effect.flip(run.resume)
    yield* run.signal("ask", 4)
    const types = yield* run.events().pipe(Stream.map(({ event }) => event.type), Stream.runCollect)
    return { refused: refused._tag, last: [...types].at(-1), result: yield* run.result }
  })
  expect(await Effect.runPromise(Effect.provide(program, engine))).toEqual({
    refused: "Refused",
    last: "RunFinished",
    result: 4
  })
})

test("All that a run handle can do is there for Effect apps too", async () => {
  let broken = true
  const flaky = workflow(
    "flaky",
    {},
    (w) => w.node("n", task("n", { run: () => broken ? Effect.die("no") : Effect.succeed(1) }))
  )
  const program = Effect.gen(function* () {
    const pinnace = yield* PinnaceEngine
    const run = yield* pinnace.start(flaky, undefined)
    yield* run.ending
    const plan = yield* run.planRetry()
    broken = false
    yield* run.retry()
    yield* run.result
    const again = yield* run.resubmit({ memoized: true })
    yield* again.result
    const forked = yield* run.fork("n")
    yield* forked.result
    yield* run.delete()
    return {
      plan: plan.reset.map(({ path }) => path),
      nodes: (yield* forked.nodes()).length,
      why: (yield* forked.why()).length,
      logs: (yield* forked.logs()).length,
      left: (yield* pinnace.list()).length
    }
  })
  expect(await Effect.runPromise(Effect.provide(program, engine))).toEqual({
    plan: ["n"],
    nodes: 1,
    why: 1,
    logs: 0,
    left: 2
  })
})

test("The end of the layer's scope closes the engine: the run is given back and goes on when the file is opened again", async () => {
  const path = makePath()
  let interrupted = false
  const slow = (body: Effect.Effect<void>) =>
    workflow("slow", {}, (w) => void w.node("n", task("n", { run: () => body })))
  const scope = Scope.makeUnsafe()
  const services = await Effect.runPromise(Layer.buildWithScope(layer(path), scope))
  const pinnace = Context.get(services, PinnaceEngine)
  const hang = slow(Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (interrupted = true))))
  const run = await Effect.runPromise(pinnace.start(hang, undefined))
  await Effect.runPromise(
    run.events().pipe(Stream.takeUntil(({ event }) => event.type === "NodeStarted"), Stream.runDrain)
  )
  await Effect.runPromise(Scope.close(scope, Exit.void))
  expect(interrupted).toBe(true)
  const again = await open(path, { workflows: [slow(Effect.void)] })
  onTestFinished(() => again.close())
  expect((await (await again.get(run.id))!.ending()).phase).toBe("Succeeded")
})

test("A layer resumes what was interrupted in the workflows it is given", async () => {
  const path = makePath()
  const one = (body: Effect.Effect<void>) =>
    workflow("one", {}, (w) => void w.node("n", task("n", { run: () => body })))
  const first = await open(path)
  const { id } = await first.start(one(Effect.never))
  await first.close()
  const program = Effect.flatMap(PinnaceEngine, (pinnace) => Effect.flatMap(pinnace.get(id), (run) => run.ending))
  const ending = await Effect.runPromise(Effect.provide(program, layer(path, { workflows: [one(Effect.void)] })))
  expect(ending.phase).toBe("Succeeded")
})

test("A layer on a file that cannot be opened fails with JournalError in the error channel", async () => {
  const error = await Effect.runPromise(
    Effect.flip(Effect.provide(PinnaceEngine, layer(join(makePath(), "no", "such", "state.db"))))
  )
  expect(error).toMatchObject({ _tag: "JournalError" })
})

test("A layer that fails rejects open with its own error, and what it had acquired is released", async () => {
  const log: Array<string> = []
  const first = Layer.effectDiscard(Effect.acquireRelease(Effect.void, () => Effect.sync(() => log.push("released"))))
  const failing = Layer.effectDiscard(Effect.fail("no database"))
  const rejected = await open(":memory:", { layer: Layer.provide(failing, first) }).catch((error: unknown) =>
    String(error)
  )
  expect(rejected).toContain("no database")
  expect(log).toEqual(["released"])
})
