/**
 * What the compiler knows of engines: their services, the errors
 * of their layers, the same members for effects and promises.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { EngineClosed, RunFailed, RunNotFound } from "../../mod.ts"
import {
  type EffectRun,
  layer,
  type OpenError,
  PinnaceEngine,
  type PinnaceEngineShape
} from "../../src/embed/effect.ts"
import { open } from "../../src/embed/open.ts"
import type { Pinnace } from "../../src/embed/Pinnace.ts"
import type { RunHandle } from "../../src/embed/RunHandle.ts"
import { type TestControl, TestEngine } from "../../src/testing/mod.ts"
import { workflow } from "../../src/workflow/Workflow.ts"
import { holds, type Same } from "./assert.ts"
import { countRows, Db, fetchPage, hello, RateLimited } from "./fixtures.ts"

// Effects say by a reference of their fiber who asks.
holds<Same<keyof PinnaceEngineShape, Exclude<keyof Pinnace, "as" | "engine" | typeof Symbol.asyncDispose>>>()
holds<Same<keyof EffectRun, Exclude<keyof RunHandle, "as">>>()

class Pool extends Context.Service<Pool, { readonly size: number }>()("test/Pool") {}

const rows = workflow("rows", { services: [Db] }, (w) => w.node("count", countRows))
const greet = workflow("greet", {}, (w) => w.node("hello", hello))
const page = workflow("page", { errors: [RateLimited] }, (w) => w.node("page", fetchPage, { input: { url: "" } }))

const count = { count: () => Effect.succeed(1) }
const db = Layer.succeed(Db, count)
const failing = Layer.effect(Db, Effect.fail(new RateLimited({ after: 1 })))
const needy = Layer.effect(Db, Effect.as(Pool, count))

// What its layer gives is what the engine can give; what the layer fails with and needs itself is told.
const ofDb = layer("x.db", { layer: db, workflows: [rows, greet] })
holds<Same<typeof ofDb, Layer.Layer<PinnaceEngine<Db>, OpenError>>>()
const ofFailing = layer("x.db", { layer: failing })
holds<Same<typeof ofFailing, Layer.Layer<PinnaceEngine<Db>, OpenError | RateLimited>>>()
const ofNeedy = layer("x.db", { layer: needy, workflows: [rows] })
holds<Same<typeof ofNeedy, Layer.Layer<PinnaceEngine<Db>, OpenError, Pool>>>()
const ofBoth = layer("x.db", { layer: Layer.merge(db, Layer.succeed(Pool, { size: 1 })), workflows: [rows] })
holds<Same<typeof ofBoth, Layer.Layer<PinnaceEngine<Db | Pool>, OpenError>>>()
// Without a layer the services are asked of the app.
const ofApp = layer("x.db", { workflows: [rows, greet] })
holds<Same<typeof ofApp, Layer.Layer<PinnaceEngine<Db>, OpenError, Db>>>()
const plain = layer("x.db")
holds<Same<typeof plain, Layer.Layer<PinnaceEngine, OpenError>>>()
// @ts-expect-error the layer does not give what a workflow needs
layer("x.db", { layer: Layer.succeed(Pool, { size: 1 }), workflows: [rows] })

const program = Effect.gen(function* () {
  const engine = yield* PinnaceEngine.with<Db>()
  const run = yield* engine.start(rows)
  holds<Same<typeof run, EffectRun<number, never>>>()
  yield* engine.start(greet)
  return yield* engine.run(page)
})
holds<Same<Effect.Services<typeof program>, PinnaceEngine<Db>>>()
holds<RateLimited extends Effect.Error<typeof program> ? true : false>()
holds<RunFailed | RunNotFound | EngineClosed extends Effect.Error<typeof program> ? true : false>()
// An engine that can give more serves as well; one that gives less does not.
const served = Effect.provide(program, ofBoth)
holds<Same<Effect.Services<typeof served>, never>>()
const unserved = Effect.provide(program, plain)
holds<Same<Effect.Services<typeof unserved>, PinnaceEngine<Db>>>()

Effect.gen(function* () {
  const engine = yield* PinnaceEngine
  yield* engine.start(greet)
  // @ts-expect-error the engine cannot give Db
  yield* engine.start(rows)
  // @ts-expect-error neither when the run is waited for
  yield* engine.run(rows)
  // @ts-expect-error nor when a run of it goes on
  yield* engine.register(rows)
  // @ts-expect-error nor when it is got by its workflow
  yield* engine.get(rows, "rows-1")
})

// Test engines are typed alike; without a layer nothing is asked for, since bodies can be replaced.
const test = new TestEngine({ layer: db })
holds<Same<typeof test, TestEngine<Db>>>()
const any = new TestEngine()
const ofTest = TestEngine.layer({ layer: failing })
holds<Same<typeof ofTest, Layer.Layer<PinnaceEngine<Db> | TestControl, RateLimited>>>()
const asking = TestEngine.layer<Db>()
holds<Same<typeof asking, Layer.Layer<PinnaceEngine<Db> | TestControl, never, Db>>>()

const promises = async () => {
  await any.pinnace.start(rows)
  await test.pinnace.start(rows)
  // @ts-expect-error the test engine cannot give Db
  await new TestEngine({ layer: Layer.succeed(Pool, { size: 1 }) }).pinnace.start(rows)
  const pinnace = await open("x.db", { layer: failing, workflows: [rows] })
  await pinnace.start(rows)
  const without = await open("x.db")
  // @ts-expect-error the engine cannot give Db
  await without.start(rows)
  // @ts-expect-error the layer does not give what a workflow needs
  await open("x.db", { layer: Layer.succeed(Pool, { size: 1 }), workflows: [rows] })
  // @ts-expect-error nothing gives what a workflow needs
  await open("x.db", { workflows: [rows] })
  const both = await open("x.db", { layer: Layer.merge(db, Layer.succeed(Pool, { size: 1 })), workflows: [rows] })
  holds<Same<typeof both, Pinnace<Db | Pool>>>()
}
void promises
