/**
 * Folders of what workers of pools do: one for each attempt, beside those of runs. Its name begins with the number of
 * the process that works in it, so that what one that was killed has left is known, and removed by the next. Numbers
 * mean something in one state file only, and several may share a root: each has a folder of its own there.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Interpreter.ts"
import { removeTreeLater } from "../../process/removeTree.ts"
import { nodeId } from "./naming.ts"

type Host = LiveNode["run"]["host"]

const within = (root: string, { journal }: Host): string => join(root, "pools", journal.artifacts.file)

/** Another one for each attempt, in whichever process. */
export const orderFolder = (root: string, { path, run: { host, ledger } }: LiveNode): string => {
  const { attempt = 1, epoch = 1, reruns = 0 } = ledger.nodes.get(path) ?? {}
  const place = nodeId(`${ledger.row.key}-${epoch}.${attempt}.${reruns}`, path)
  return join(within(root, host), `${host.journal.process}.${place}`)
}

/** Removes those of processes that are dead. What cannot be removed now is tried by the next one. */
export const clearOrderFolders = (root: string, { run: { host } }: LiveNode): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { process, reads } = host.journal
    const folder = within(root, host)
    for (const [worker, names] of Map.groupBy(namesIn(folder), workerOf)) {
      if (Number.isNaN(worker) || worker === process || (yield* reads.isAlive(worker))) continue
      yield* Effect.forEach(names, (name) => Effect.tryPromise(() => removeTreeLater(join(folder, name))))
    }
  }).pipe(Effect.ignore)

const workerOf = (name: string): number => Number(name.slice(0, name.indexOf(".")))

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    // Nothing was done for others here.
    return []
  }
}
