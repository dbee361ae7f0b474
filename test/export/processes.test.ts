/**
 * Seeded graphs end the same on the engine and, exported, as manifests whose containers are processes. `npm test --
 * --long` plays three of them, `npm run conformance` fifty, and `PINNACE_EXPORT_PROCESSES=7` as many as it says.
 */
import process from "node:process"
import { expect, it } from "vitest"
import { Processes } from "./Processes.ts"

const isLong = process.env["PINNACE_TEST_LONG"] !== undefined
const seeds = Number(process.env["PINNACE_EXPORT_PROCESSES"] ?? (isLong ? 3 : 0))
const first = Number(process.env["PINNACE_EXPORT_FIRST"] ?? 1)

it.skipIf(seeds === 0)("seeded graphs end the same as processes", { timeout: 3_600_000 }, async () => {
  const processes = new Processes()
  try {
    for (let seed = first; seed < first + seeds; seed++) {
      const { ours, text, theirs } = await processes.play(seed)
      expect(theirs, `seed ${seed}\n${text}`).toEqual(ours)
    }
  } finally {
    processes.remove()
  }
})
