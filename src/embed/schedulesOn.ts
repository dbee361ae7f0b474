/** What is asked of the schedules of an engine. */
import * as Effect from "effect/Effect"
import { asked } from "../engine/asked.ts"
import type { Engine } from "../engine/Engine.ts"
import { effectSchedule } from "../schedule/EffectSchedule.ts"
import { scheduleStatuses } from "../schedule/reads.ts"
import type { PinnaceEngineShape } from "./PinnaceEngine.ts"

/** The part of the service that is about schedules. */
export const schedulesOn = <R>(engine: Engine): Pick<PinnaceEngineShape<R>, "schedule" | "schedules"> => ({
  schedule: (which) => asked(engine, "find a schedule", () => Effect.sync(() => effectSchedule(engine, which))),
  schedules: () => asked(engine, "read schedules", () => scheduleStatuses(engine))
})
