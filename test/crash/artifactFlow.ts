/** What the processes of `artifactKills.ts` run. */
import { Artifact, Schema, task, workflow } from "../../mod.ts"
import { type ArtifactStore, diskStore } from "../../src/store/mod.ts"
import { s3Store } from "../../src/store/s3/s3Store.ts"

/** How many artifacts one run saves. */
export const many = 12

/** Saves some artifacts, the first of them in several chunks; all are garbage when the run has ended. */
export const flowOf = (ttl: string) => {
  const make = task("make", {
    input: { n: Schema.Number },
    output: Artifact,
    run: ({ n }, { artifacts }) => artifacts.put(`a${n}`, chunks(n === 0 ? 20 : 1))
  })
  const items = Array.from({ length: many }, (_, n) => n)
  const options = ttl === ""
    ? { gc: "OnWorkflowCompletion" as const }
    : { gc: "OnWorkflowDeletion" as const, ttl: ttl as "1 millis" }
  return workflow("keeper", options, (w) => void w.map("make", items, make, (n) => ({ n }), { concurrency: 3 }))
}

const chunks = async function* (count: number) {
  for (let n = 0; n < count; n++) {
    yield new Uint8Array(100_000).fill(n)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** The store a command line names: a directory, or S3 options as JSON. */
export const storeOf = (place: string): ArtifactStore =>
  place.startsWith("{") ? s3Store(JSON.parse(place)) : diskStore(place)
