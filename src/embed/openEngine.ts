/** Opens a state file and an engine on it. Loaded by `open` when it is first called. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { ownServices } from "../journal/immediate.ts"
import { Turn } from "../journal/Turn.ts"
import { openSqlite } from "../sqlite/openSqlite.ts"
import { makeEngine } from "./makeEngine.ts"
import { admitOpen, type OpenOptions } from "./openOptions.ts"
import { Pinnace } from "./Pinnace.ts"

export type { OpenOptions } from "./openOptions.ts"

/** Opens the state file at `path` (made when it is missing; `":memory:"` for tests) and resumes what was interrupted. */
export const openEngine = async <R = never>(path: string, given: OpenOptions<R> = {}): Promise<Pinnace<R>> => {
  const options = admitOpen(path, given)
  const scope = Scope.makeUnsafe()
  const services = await openOrDispose(scope, () => buildServices(options.layer, scope))
  const journal = await openOrDispose(scope, () =>
    openSqlite(path, {
      turn: Context.get(services, Turn),
      readOnly: options.readOnly === true,
      ...(options.durability === undefined ? {} : { durability: options.durability })
    }))
  const place = {
    file: path === ":memory:" ? undefined : path,
    durability: options.durability,
    readOnly: options.readOnly === true
  }
  const engine = makeEngine(journal, services, options, place)
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
