/** `pinnace doctor --deep` and `--repair`: the rows of each run beside its events. */
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { freeBackup, removeLeft } from "../../files/mod.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { misfits } from "../../engine/life/repair.ts"
import { counted } from "../paint/counted.ts"
import type { Shell } from "../Shell.ts"
import { commandOn } from "./wayOn.ts"
import { type Finding, fine } from "./findings.ts"
import { untilCut } from "./untilCut.ts"
import { copyState } from "./stateFile.ts"

/** What was found, and what was repaired. */
export const rowFindings = async (
  shell: Shell,
  { engine }: Pinnace,
  options: { readonly repair: boolean }
): Promise<ReadonlyArray<Finding>> => {
  const found = await Effect.runPromise(misfits(engine, options))
  const left = found.filter(({ isRepaired }) => !isRepaired)
  const repaired = found.length - left.length
  const named = left.slice(0, 5).map(({ because: [first = ""], run }) => `${run}: ${first.slice(0, 200)}`).join("\n")
  const hint = options.repair
    ? "They are left as they were"
    : `To write them anew:\n${commandOn(shell, "doctor", "--repair")}`
  return [
    ...repaired === 0 ? [] : [fine("Repaired", counted(repaired, "run"))],
    left.length === 0 ? fine("Rows", "as the events of each run say") : {
      what: "Rows",
      value: `${counted(left.length, "run")} with rows that are not what their events say`,
      problem: `${named}\n${hint}`
    }
  ]
}

/** Copies the state file as it is, before anything of it is repaired. */
export const copyBefore = async (shell: Shell): Promise<Finding> => {
  const at = new Date(shell.now()).toISOString().replace(/[:-]|\.\d{3}/g, "")
  const copy = freeBackup(`${shell.db}.before-repair-${at}`)
  removeLeft(resolve(shell.db))
  await untilCut(shell, () => copyState(shell.db, resolve(copy)))
  return fine("Backup", copy)
}
