/** Opens a state file and an engine on it. Loaded by `open` when it is first called. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { ownServices } from "../journal/immediate.ts"
import { Turn } from "../journal/Turn.ts"
import { openSqlite, type SqliteOptions } from "../sqlite/openSqlite.ts"
import type { Runnable } from "../workflow/Runnable.ts"
import { type EngineOptions, makeEngine } from "./makeEngine.ts"
import { alarm } from "./alarm.ts"
import { stayAlive } from "./stayAlive.ts"
import { Pinnace } from "./Pinnace.ts"

/** How to open an engine. */
export interface OpenOptions<R = never> extends Pick<SqliteOptions, "durability" | "readOnly">, EngineOptions {
  /** Workflows whose interrupted runs this process takes over at once. */
  readonly workflows?: ReadonlyArray<Runnable<never, unknown, unknown, R> & { readonly _tag: "Workflow" }>
  /** The services that Effect bodies need; when they cannot be built, `open` rejects with their error. */
  readonly layer?: Layer.Layer<R, unknown, never>
}

/** Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted. */
export const openEngine = async <R = never>(path: string, options: OpenOptions<R> = {}): Promise<Pinnace<R>> => {
  const scope = Scope.makeUnsafe()
  const services = await openOrDispose(scope, () => buildServices(options.layer, scope))
  const journal = await openOrDispose(scope, () =>
    openSqlite(path, {
      turn: Context.get(services, Turn),
      readOnly: options.readOnly === true,
      ...(options.durability === undefined ? {} : { durability: options.durability })
    }))
  const file = path === ":memory:" ? undefined : path
  const place = { file, durability: options.durability, readOnly: options.readOnly === true }
  const engine = makeEngine(journal, services, { alarm, stayAlive, ...options }, place)
  const pinnace = new Pinnace<R>(
    engine,
    () => Effect.runPromise(Effect.andThen(engine.close, Scope.close(scope, Exit.void)))
  )
  await registerOrClose(pinnace, options.workflows ?? [])
  return pinnace
}

/** What the layer built must not outlive a file, or a layer, that could not be opened. */
const openOrDispose = async <A>(scope: Scope.Closeable, openFile: () => A | Promise<A>): Promise<A> => {
  try {
    return await openFile()
  } catch (error) {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    throw error
  }
}

const registerOrClose = async <R>(
  pinnace: Pinnace<R>,
  workflows: NonNullable<OpenOptions<R>["workflows"]>
): Promise<void> => {
  try {
    pinnace.register(...workflows)
  } catch (error) {
    await pinnace.close()
    throw error
  }
}

const buildServices = <R>(
  layer: Layer.Layer<R, unknown, never> | undefined,
  scope: Scope.Scope
): Promise<Context.Context<never>> => {
  const own = ownServices()
  if (layer === undefined) return Promise.resolve(own)
  const built = Layer.buildWithScope(layer, scope) as unknown as Effect.Effect<Context.Context<never>>
  return Effect.runPromiseWith(own)(Effect.map(built, (services) => Context.merge(own, services)))
}
