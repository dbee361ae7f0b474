import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, it } from "vitest"
import { JournalError } from "../../src/journal/JournalError.ts"
import { answered } from "../../src/journal/Reads.ts"
import { makeRandom, World } from "../../src/testing/World.ts"

/** Asks storage that fails so many times before it answers; answers what came of it, and how often it was asked. */
const asking = (reason: "Io" | "Locked", failures: number) => {
  const world = new World(makeRandom(1))
  let asked = 0
  const fiber = world.fork(Effect.exit(answered(() => {
    asked++
    if (asked <= failures) throw new JournalError({ reason, message: "no" })
    return "answer"
  })))
  world.run(() => world.idle)
  const exit = Effect.runSync(Fiber.join(fiber))
  return [exit._tag, asked]
}

it.each(
  [
    ["is asked again while it is locked", "Locked", 9, ["Success", 10]],
    ["is given up in the end", "Locked", 1_000, ["Failure", 16]],
    ["is not asked again when it is broken", "Io", 1, ["Failure", 1]]
  ] as const
)("Storage %s", (_, reason, failures, expected) => {
  expect(asking(reason, failures)).toEqual(expected)
})
