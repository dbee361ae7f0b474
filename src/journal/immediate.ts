/**
 * The runtime's own `setImmediate`, as it was when this was loaded: the
 * engine goes on by it, also where a test has put fake timers in its place.
 *
 * `open` loads this with the definitions, so that it comes before anything a test does.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import { MixedScheduler, Scheduler } from "effect/Scheduler"

const { clearImmediate, setImmediate } = globalThis

/** Calls back after the current turn of the event loop; the returned function calls it off. */
export const immediate = (run: () => void): () => void => {
  const handle = setImmediate(run)
  return () => clearImmediate(handle)
}

/** The references an engine runs with: fibers that yield go on by it, too. `clock` stands for the real one. */
export const ownServices = (clock?: Clock.Clock): Context.Context<never> => {
  const services = Context.make(Scheduler, new MixedScheduler("async", immediate))
  return (clock === undefined ? services : Context.add(services, Clock.Clock, clock)) as unknown as Context.Context<
    never
  >
}
