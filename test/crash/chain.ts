/** How fast a chain of a thousand that was killed at half goes on. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Host } from "./Host.ts"
import { removeTree } from "../removeTree.ts"

/** Milliseconds from two beginnings until the run goes on. */
export interface ChainRecovery {
  readonly fromOpen: number
  readonly fromSpawn: number
}

/** Kills a chain at half, starts it again and measures; rejects when it does not go on or does not finish. */
export const measureChain = async (durability: "power" | "process"): Promise<ChainRecovery> => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-chain-"))
  const file = join(directory, "state.db")
  try {
    const killed = new Host({ PINNACE_TEST_KILL: "stored-NodeFinished:500" })
    await killed.call("open", file, ["chain"], { durability })
    await killed.call("start", "chain", undefined, "chain").catch(() => {})
    await killed.exit
    const heir = new Host()
    await heir.call("open", file, ["chain"], { durability })
    const first = await heir.notice(({ notice }) => notice === "goes on") as { readonly millis: number }
    const fromSpawn = performance.now() - heir.startedAt
    await heir.call("result", "chain")
    await heir.call("close")
    await heir.leave()
    return { fromOpen: first.millis, fromSpawn }
  } finally {
    removeTree(directory)
  }
}
