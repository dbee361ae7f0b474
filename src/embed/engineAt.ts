/**
 * The one wiring of an engine: a state file, the services of the
 * app, what the process needs. `open` and `layer` are made of this.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Engine } from "../engine/Engine.ts"
import { asked, type AskError, defining } from "../engine/asked.ts"
import { atDoor } from "../engine/door.ts"
import { register } from "../engine/life/attach.ts"
import { close } from "../engine/life/close.ts"
import type { InvalidWorkflow } from "../plan/Issue.ts"
import { keepSchedules } from "../schedule/keep.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import { bodyServices } from "./bodyServices.ts"
import { engineOn } from "./engineOn.ts"
import { journalAt } from "./journalAt.ts"
import { admitOpen, type OpenOptions } from "./openOptions.ts"

/** What can go wrong when an engine is opened. */
export type OpenError = AskError | InvalidWorkflow

/** An engine on the state file at `path`, closed with the scope, before its services are. */
export const engineAt = <R, E, RIn>(
  path: string,
  given: OpenOptions<R, E, RIn>
): Effect.Effect<Engine, OpenError | E, RIn | Scope.Scope> =>
  atDoor(() => {
    const { layer, ...options } = admitOpen(path, given)
    return Effect.flatMap(
      layer === undefined ? Effect.succeed(Context.empty()) : Layer.build(layer),
      (services: Context.Context<never>) =>
        Effect.provideContext(engineHere(path, options as Omit<OpenOptions, "layer">), services)
    )
  })

const engineHere = (
  path: string,
  options: Omit<OpenOptions, "layer">
): Effect.Effect<Engine, OpenError, Scope.Scope> =>
  Effect.gen(function* () {
    const services = bodyServices((yield* Effect.context<Scope.Scope>()) as Context.Context<never>)
    const engine = yield* Effect.acquireRelease(
      Effect.flatMap(journalAt(path, options, services), (journal) => engineOn(journal, path, options, services)),
      (engine) => Effect.orDie(close(engine))
    )
    const workflows = (options.workflows ?? []) as unknown as ReadonlyArray<AnyWorkflow>
    yield* asked(engine, "register workflows", () => register(engine, workflows), defining)
    const { readOnly, schedules = [] } = options
    if (readOnly !== true && schedules.length > 0) yield* kept(engine, schedules)
    return engine
  })

const kept = (engine: Engine, schedules: Parameters<typeof keepSchedules>[1]): Effect.Effect<void, OpenError> =>
  asked(engine, "keep schedules", () => Effect.sync(() => keepSchedules(engine, schedules)), defining)
