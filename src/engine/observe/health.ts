/** Whether an engine lives, and whether it may be sent work. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Engine } from "../Engine.ts"

/** One thing that was looked at. */
export interface HealthCheck {
  /** The engine itself, the storage under it, or the room that is left where that writes. */
  readonly what: "engine" | "storage" | "room"
  /** Whether nothing is wrong with it. */
  readonly ok: boolean
  /** What was found: a sentence where something is wrong. */
  readonly message: string
}

/** How an engine does. */
export interface Health {
  /** Whether it works; one that does not comes back by a restart of the process only. */
  readonly live: boolean
  /** Whether it may be sent work: it lives, is not being closed, its storage answers, and there is room. */
  readonly ready: boolean
  /** What was looked at; a closed engine has nothing but itself. */
  readonly checks: ReadonlyArray<HealthCheck>
}

/**
 * Bytes below which a volume counts as full: a commit may need some megabytes, and its log many. A small volume was
 * made so on purpose; of it a twentieth is enough.
 */
const leastRoom = (size: number): number => Math.min(100 * 1024 * 1024, size / 20)
/** Milliseconds after which storage counts as silent. */
const patience = 5_000

/** Looks; never fails, also when the engine is closed. */
export const health = (engine: Engine): Effect.Effect<Health> =>
  Effect.gen(function* () {
    const { closed, closing, fault } = engine
    const state = fault?.message ?? (closed || closing ? "It is being closed" : "")
    const checks: ReadonlyArray<HealthCheck> = [
      { what: "engine", ok: state === "", message: state === "" ? "open" : state },
      ...(closed ? [] : [yield* storage(engine), ...room(engine)])
    ]
    return { live: !closed && fault === undefined, ready: checks.every(({ ok }) => ok), checks }
  })

const storage = ({ host: { journal } }: Engine): Effect.Effect<HealthCheck> =>
  Effect.matchEffect(Effect.timeoutOption(journal.reads.isAlive(journal.process), patience), {
    onFailure: ({ message }) => Effect.succeed(storageCheck(message)),
    onSuccess: (answer) => Effect.succeed(storageCheck(Option.match(answer, silentOrDead)))
  })

const silentOrDead = {
  onNone: () => `No answer in ${patience} ms`,
  onSome: (isAlive: boolean) => isAlive ? "" : "This process was declared dead"
}

const storageCheck = (problem: string): HealthCheck => ({
  what: "storage",
  ok: problem === "",
  message: problem === "" ? "answers" : problem
})

const room = ({ host: { journal } }: Engine): ReadonlyArray<HealthCheck> => {
  const left = journal.room?.()
  if (left === undefined) return []
  const ok = left.free >= leastRoom(left.size)
  const megabytes = `${Math.floor(left.free / 1024 / 1024)} MiB`
  return [{ what: "room", ok, message: ok ? `${megabytes} are free` : `Only ${megabytes} are free: make room` }]
}
