/** A process that is killed in the middle of an upload. */
import { describe, expect, it } from "vitest"
import { s3Store } from "../../../src/store/s3/s3Store.ts"
import { killPut } from "../EndlessPut.ts"
import { keys, put, run } from "../StoreWorld.ts"
import type { S3Server } from "./server.ts"

/** Registers the tests. */
export const s3Crashes = (server: () => S3Server): void => {
  describe("A process that is killed in the middle of an upload to S3", () => {
    it("leaves no object, and an upload that the sweep aborts once it is old enough", async () => {
      const { bucket, credentials, endpoint, region } = server()
      const options = { bucket, credentials, endpoint, region, prefix: "killed/" }
      await killPut("s3", JSON.stringify(options))
      const store = s3Store(options)
      expect(await keys(store)).toEqual([])
      expect(await run(store.sweep({ olderThan: 3_600_000 }))).toEqual({ removed: 0 })
      expect(await run(s3Store({ ...options, prefix: "other/" }).sweep({ olderThan: -60_000 }))).toEqual({ removed: 0 })
      expect(await run(store.sweep({ olderThan: -60_000 }))).toEqual({ removed: 1 })
      expect(await run(store.sweep({ olderThan: -60_000 }))).toEqual({ removed: 0 })
      await run(put(store, "k", "v"))
      expect(await keys(store)).toEqual(["k"])
    })
  })
}
