/** Seeded typed graphs, exported to Argo and run as processes, end as they do on the engine. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { isDeepStrictEqual } from "node:util"
import { Processes } from "../export/Processes.ts"
import { bundlePrograms } from "../suite/programs.ts"
import { inLanes } from "./lanes.ts"

/** Plays so many seeds; answers how many end otherwise. */
export const playExported = async (seeds: number): Promise<number> => {
  // Each node is a process: it reads one file, which Node compiles once.
  const scratch = mkdtempSync(join(tmpdir(), "pinnace-programs-"))
  process.env["NODE_COMPILE_CACHE"] ??= join(scratch, "compiled")
  Object.assign(process.env, await bundlePrograms(join(scratch, "programs")))
  const processes = new Processes()
  let failed = 0
  try {
    await inLanes(Array.from({ length: seeds }, (_, at) => at + 1), async (seed) => {
      const problem = await otherwise(processes, seed)
      if (problem === undefined) return
      failed++
      console.log(`not ok exported graph of seed ${seed}\n         ${problem}`)
    })
  } finally {
    processes.remove()
    rmSync(scratch, { recursive: true, force: true })
  }
  console.log(`${seeds - failed} of ${seeds} exported graphs end the same as processes`)
  return failed
}

const otherwise = async (processes: Processes, seed: number): Promise<string | undefined> => {
  try {
    const { ours, theirs } = await processes.play(seed)
    return isDeepStrictEqual(ours, theirs) ? undefined : `${JSON.stringify(theirs)} instead of ${JSON.stringify(ours)}`
  } catch (error) {
    return String((error as Error).stack)
  }
}
