/** Waiting for something about a run, whoever executes it: looks at once and after every notice, and never polls. */
import * as Effect from "effect/Effect"
import type { Engine } from "../Engine.ts"

/** Waits until `look` answers. While it waits, the process stays alive and is told of what other processes do. */
export const whenChanged = <A, E>(
  engine: Engine,
  run: number,
  look: () => Effect.Effect<A, E> | undefined
): Effect.Effect<A, E> =>
  Effect.callback((resume) => {
    const attention = payAttention(engine, run, () => {
      const answer = look()
      if (answer === undefined) return
      attention.end()
      resume(answer)
    })
    attention.look()
    return Effect.sync(attention.end)
  })

/** Calls `look` after every notice about a run, from any process, until `end` is called. */
export const payAttention = (
  engine: Engine,
  run: number,
  look: () => void
): { readonly look: () => void; readonly end: () => void } => {
  const unwatch = engine.live.has(run) ? () => {} : engine.host.journal.watch()
  const rest = engine.host.stayAlive()
  const unlisten = engine.listen(run, look)
  const end = (): void => {
    unlisten()
    unwatch()
    rest()
  }
  return { look, end }
}
