/** A test engine as services of Effect: the engine that is there now, and what a test does to it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { EffectRun } from "../embed/EffectRun.ts"
import { engineService } from "../embed/engineService.ts"
import type { Pinnace } from "../embed/Pinnace.ts"
import { PinnaceEngine, type PinnaceEngineShape } from "../embed/PinnaceEngine.ts"
import type { RunHandle } from "../embed/RunHandle.ts"
import type { DurationInput } from "../workflow/millis.ts"
import type { FakeBody, Replaceable } from "./FakeBody.ts"
import { TestControl, type TestControlShape } from "./TestControl.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** What a test engine is to its layer. */
interface Controlled {
  readonly clock: VirtualClock
  readonly pinnace: Pinnace
  readonly replace: <I, O, E>(task: Replaceable<I, O, E>, body: FakeBody<I, O>) => unknown
  readonly failNext: <I, O, E>(task: Replaceable<I, O, E>, ...errors: ReadonlyArray<E | Error>) => unknown
  readonly skip: (duration: DurationInput) => Promise<void>
  readonly settle: () => Promise<void>
  readonly untilEnded: (run: RunHandle) => Promise<void>
  readonly crash: () => Promise<void>
  readonly close: () => Promise<void>
}

/** How a test engine of a layer begins. */
export interface TestLayerOptions {
  /** The first instant, in milliseconds since the epoch; default 2026-01-01T00:00:00Z. */
  readonly startAt?: number
}

/**
 * How `TestEngine.layer` is called: with a layer that gives the
 * services of bodies, or without, and then they are asked of the test.
 */
export interface TestLayer {
  <R, E, RIn>(
    options: TestLayerOptions & { readonly layer: Layer.Layer<R, E, RIn> }
  ): Layer.Layer<PinnaceEngine<R> | TestControl, E, RIn>
  <R = never>(options?: TestLayerOptions): Layer.Layer<PinnaceEngine<R> | TestControl, never, R>
}

/** The layer of what `make` makes. */
export const testLayer = (
  make: (options: TestLayerOptions, context: Context.Context<never>) => Controlled
): TestLayer => {
  const plain = <R>(options: TestLayerOptions) =>
    Layer.effectContext(
      Effect.acquireRelease(
        Effect.contextWith((context: Context.Context<R>) =>
          Effect.sync(() => make(options, context as Context.Context<never>))
        ),
        (test) => Effect.promise(() => test.close())
      ).pipe(Effect.map(servicesOf<R>))
    )
  const layer = <R, E, RIn>(options: TestLayerOptions & { readonly layer?: Layer.Layer<R, E, RIn> } = {}) =>
    options.layer === undefined ? plain<R>(options) : Layer.provide(plain<R>(options), options.layer)
  return layer as TestLayer
}

const servicesOf = <R>(test: Controlled): Context.Context<PinnaceEngine<R> | TestControl> => {
  const engine = present<R>(test)
  return Context.make(PinnaceEngine.with<R>(), engine).pipe(Context.add(TestControl, controlOf(test, engine)))
}

type Members = Readonly<Record<string, (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown>>>

/** The service on whichever engine is there when it is asked: after a crash, the next one. */
const present = <R>(test: Controlled): PinnaceEngineShape<R> => {
  const members = () => engineService<R>(test.pinnace.engine) as unknown as Members
  const ask = (name: string) => (...args: ReadonlyArray<unknown>) => Effect.suspend(() => members()[name]!(...args))
  return Object.fromEntries(
    Object.keys(members()).map((name) => [name, ask(name)])
  ) as unknown as PinnaceEngineShape<R>
}

const controlOf = <R>(test: Controlled, engine: PinnaceEngineShape<R>): TestControlShape => ({
  clock: test.clock,
  replace: (task, body) => Effect.sync(() => void test.replace(task, body)),
  failNext: (task, ...errors) => Effect.sync(() => void test.failNext(task, ...errors)),
  skip: (duration) => Effect.promise(() => test.skip(duration)),
  settle: Effect.promise(() => test.settle()),
  finish: <O, E>({ id }: EffectRun<O, E>) =>
    Effect.promise(async () => test.untilEnded((await test.pinnace.get(id))!)).pipe(
      Effect.andThen(engine.get(id) as Effect.Effect<EffectRun<O, E>>),
      Effect.flatMap(({ result }) => result)
    ),
  crash: Effect.promise(() => test.crash())
})
