/** Stands where a store is needed and none was named: what is put fails, and says what to do. */
import * as Effect from "effect/Effect"
import { ArtifactError } from "../artifact/ArtifactError.ts"
import type { ArtifactStore } from "../artifact/Store.ts"
import { memoryStore } from "./memory.ts"

/** A store that takes nothing. */
export const absentStore = (): ArtifactStore => ({
  ...memoryStore(),
  describe: "no store",
  put: (key) =>
    Effect.fail(
      new ArtifactError({
        operation: "put",
        reason: "NoStore",
        key,
        store: "no store",
        message: "Cannot save an artifact: other machines may continue this run. " +
          "Name a store that all reach: artifacts: { store: s3Store({ … }) }."
      })
    )
})
