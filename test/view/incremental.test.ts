/** A view that is kept up to date event by event is what reading the run anew gives, after any event. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { Recorded } from "../../src/run/Event.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { openRun, readRun } from "../../src/view/readRun.ts"
import { playManifest } from "../sim/manifests/scenario.ts"
import { play } from "../sim/scenario.ts"
import { eventsIn, History } from "./History.ts"

/** Begins after a random event and goes on in random strides; answers how often it looked. */
const follow = async (events: ReadonlyArray<Recorded>, random: () => number): Promise<number> => {
  const history = new History(events, 1 + Math.floor(random() * events.length))
  const { source } = history
  const run = (await Effect.runPromise(openRun(source, "it")))!
  for (let looks = 1;; looks++) {
    const view = await Effect.runPromise(run.look)
    expect(view, `after event ${history.upTo}`).toEqual(await Effect.runPromise(readRun(source, "it", "none")))
    if (history.upTo === events.length) return looks
    history.upTo = Math.min(events.length, history.upTo + 1 + Math.floor(random() * 3))
  }
}

it("holds for typed runs under faults and commands", async () => {
  let looks = 0
  for (let seed = 1; seed <= 25; seed++) {
    looks += await follow(eventsIn(play(seed).history), makeRandom(seed))
  }
  expect(looks).toBeGreaterThan(200)
})

it("holds for runs of manifests under faults and commands", async () => {
  let looks = 0
  for (let seed = 1; seed <= 6; seed++) {
    looks += await follow(eventsIn((await playManifest(seed)).history), makeRandom(seed))
  }
  expect(looks).toBeGreaterThan(50)
})
