/**
 * Runs a workflow that saves artifacts and says what its store is doing; is meant to be killed. See `artifactKills.ts`.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { open } from "../../../mod.ts"
import type { ArtifactStore } from "../../../src/store/mod.ts"
import { flowOf, storeOf } from "../artifactFlow.ts"

const [, , file = "", place = "", ttl = ""] = process.argv
const tell = (what: string) => Effect.sync(() => void process.stdout.write(`${what}\n`))
const inner = storeOf(place)
const store: ArtifactStore = {
  ...inner,
  put: (key, content, options) => inner.put(key, Stream.tap(content, () => tell("putting")), options),
  delete: (keys) =>
    Effect.andThen(
      tell("deleting"),
      Effect.flatMap(
        inner.delete([...keys].slice(0, 5)),
        () => Effect.andThen(tell("deleted some"), inner.delete(keys))
      )
    )
}
const flow = flowOf(ttl)
const pinnace = await open(file, { workflows: [flow], artifacts: { store } })
await ((await pinnace.list())[0] === undefined
  ? await pinnace.start(flow)
  : (await pinnace.get((await pinnace.list())[0]!.id))!).ending()
process.stdout.write("ended\n")
// It stays, so that whatever kills it finds it alive.
setInterval(() => {}, 1_000)
