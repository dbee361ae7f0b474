/** A backfill is waited for without keeping anybody from working on it. */
import { expect, test } from "vitest"
import type { RunHandle } from "../../mod.ts"
import { followBackfill } from "../../src/cli/running/followBackfill.ts"
import type { BackfillView } from "../../src/schedule/backfill.ts"

test("Between the end of a run and the next one, whoever starts that gets its turn", async () => {
  let [looks, isDone] = [0, false]
  const backfills = () => {
    if (++looks > 1_000) throw new Error("it looks again and again, and lets nobody else work")
    return Promise.resolve([
      { id: "bf-1", state: isDone ? "done" : "running", open: ["ended"] } as unknown as BackfillView
    ])
  }
  const get = () => Promise.resolve({ ending: () => Promise.resolve({ phase: "Succeeded" }) } as RunHandle)
  setTimeout(() => isDone = true, 0)
  expect((await followBackfill({ get } as never, { backfills }, "bf-1")).state).toBe("done")
})
