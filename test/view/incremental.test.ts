/** A view that is kept up to date event by event is what reading the run anew gives, after any event. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { Event, Recorded } from "../../src/run/Event.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { originsIn } from "../../src/argo/commands/keptNames.ts"
import { manifestRun } from "../../src/argo/view.ts"
import { readFacts } from "../../src/engine/observe/readFacts.ts"
import { openManifest, type OpenRun, openRun, readRun } from "../../src/view/readRun.ts"
import type { RunSource } from "../../src/view/RunSource.ts"
import { playManifest } from "../sim/manifests/scenario.ts"
import { play } from "../sim/scenario.ts"
import { eventsIn, History } from "./History.ts"

/** A view, opened and read anew. */
interface Viewed {
  readonly open: (source: RunSource) => Effect.Effect<OpenRun<unknown> | undefined, unknown>
  readonly read: (source: RunSource) => Effect.Effect<unknown, unknown>
}

const tree: Viewed = { open: (source) => openRun(source, "it"), read: (source) => readRun(source, "it", "none") }

const argo: Viewed = {
  open: (source) => openManifest(source, "it"),
  read: (source) =>
    Effect.flatMap(
      readFacts(source, "it", "nodes"),
      (facts) => Effect.map(originsIn(source, facts!), (names) => manifestRun(facts!, (from) => names.get(from)))
    )
}

/** Begins with the first event or after a random one, and goes on in random strides; answers how often it looked. */
const follow = async (
  events: ReadonlyArray<Recorded>,
  random: () => number,
  { open, read }: Viewed = tree
): Promise<number> => {
  const history = new History(events, random() < 0.5 ? 1 : 1 + Math.floor(random() * events.length))
  const { source } = history
  const run = (await Effect.runPromise(open(source)))!
  for (let looks = 1;; looks++) {
    const view = await Effect.runPromise(run.look)
    expect(view, `after event ${history.upTo}`).toEqual(await Effect.runPromise(read(source)))
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
    const events = eventsIn((await playManifest(seed)).history)
    looks += await follow(events, makeRandom(seed))
    looks += await follow(events, makeRandom(seed), argo)
  }
  expect(looks).toBeGreaterThan(100)
})

it("puts a node of a manifest that begins where Argo has it, wherever it queued", async () => {
  const shows = (name: string) => ({ name, displayName: name, type: "Pod", template: "t", boundary: "run" })
  const began = (path: string) =>
    ({ type: "NodeStarted", path, kind: "task", input: null, shows: shows(path) }) as const
  const events: ReadonlyArray<Event> = [
    { type: "RunCreated", workflow: "w", digest: "", input: {}, priority: 0, labels: {}, kind: "manifest" },
    { type: "NodeWaiting", path: "a", waiting: "Permit", shows: shows("a") },
    began("b"),
    began("a")
  ]
  const recorded = events.map((event, at) => ({ run: "it", seq: at + 1, at: at + 1, event }))
  expect(await follow(recorded, () => 0, argo)).toBe(4)
})
