/** How long `pinnace ui` takes until it listens, beside a verb that only reads. */
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import process from "node:process"
import type { CliRow } from "./cli.ts"
import { serverFigures } from "./server.ts"
import { root } from "./spawnNode.ts"
import { median } from "./statistics.ts"

const commands = [
  [serverFigures.ui, [process.execPath, join(root, "dist/bin/pinnace.js")]],
  [serverFigures.uiBun, [join(root, "bench/dist/pinnace")]],
  [serverFigures.uiSea, [join(root, "bench/dist/pinnace-node")]]
] as const

/** Times the start of `list`, by the median of turns. */
export const measureUiStart = async (reps: number, scratch: string): Promise<ReadonlyArray<CliRow>> => {
  const folder = mkdtempSync(join(scratch, "ui-"))
  const db = join(folder, "state.db")
  try {
    const rows: Array<CliRow> = []
    for (const [name, command] of commands) {
      const [lists, uis]: [Array<number>, Array<number>] = [[], []]
      // An empty file is an empty database.
      writeFileSync(db, "")
      for (let rep = -1; rep < 2 * reps; rep++) {
        const [list, ui] = [
          listOnce([...command, "list", "--db", db]),
          await uiOnce([...command, "ui", "--port", "0", "--db", db])
        ]
        if (rep >= 0) void [lists.push(list), uis.push(ui)]
      }
      rows.push({ name, value: median(uis) / median(lists), unit: "x" })
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const listOnce = ([program = "", ...args]: ReadonlyArray<string>): number => {
  const begun = performance.now()
  spawnSync(program, args)
  return performance.now() - begun
}

const uiOnce = ([program = "", ...args]: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] })
    let took: number | undefined
    child.stdout.once("data", () => {
      took = performance.now() - begun
      child.kill("SIGINT")
    })
    child.once("close", (code) =>
      took === undefined ? reject(new Error(`${program} ui ended with ${code}`)) : resolve(took))
  })
