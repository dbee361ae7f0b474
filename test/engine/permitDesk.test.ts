/** Who waits for permits believes a grant only once its own request is stored (N7). */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { PermitDesk } from "../../src/engine/permits/PermitDesk.ts"
import type { JournalShape } from "../../src/journal/Journal.ts"
import { VirtualClock } from "../../src/testing/VirtualClock.ts"

test("A grant of an earlier life that is told while a node asks again is not taken for the answer", async () => {
  const clock = new VirtualClock({ now: 1 })
  const stored: Array<(error: undefined) => void> = []
  const append: JournalShape["append"] = (_, done) => void stored.push(done as never)
  const context = Context.make(Clock.Clock, clock) as unknown as Context.Context<never>
  const desk = new PermitDesk({ append } as JournalShape, context, clock)
  const holder = { holdsPermits: false }
  const request = { run: 1, path: "a", priority: 0, takes: [{ name: "one", weight: 1 }] }
  const fiber = Effect.runFork(desk.take(request, [], holder, () => {}))
  const granted = { type: "granted", run: 1, path: "a" } as const
  desk.heard(granted)
  expect([holder.holdsPermits, fiber.pollUnsafe()]).toEqual([false, undefined])
  stored[0]!(undefined)
  desk.heard(granted)
  expect(holder.holdsPermits).toBe(true)
})
