/** `pinnace restore`. */
import * as Effect from "effect/Effect"
import { noted } from "../../engine/observe/audit.ts"
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { open } from "../../embed/open.ts"
import { isPostgres } from "../../postgres/address.ts"
import { handlesOf } from "../running/act.ts"
import { takenBy } from "../../sqlite/Database.ts"
import { copyState } from "../running/stateFile.ts"
import { tellSuspended } from "../running/tellSuspended.ts"
import type { Shell } from "../Shell.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "BACKUP",
  about:
    "Makes a state file of a backup. Runs that are open in the backup are suspended: where the original is still in use they would run twice. `resume` lets them go on, one by one or all. --continue is for an original that is lost: its open runs go on as after a crash.",
  leavesNothingHalf: true,
  takes: [1, 1],
  options: {
    continue: { type: "boolean", about: "The original is lost: let open runs go on by themselves" }
  },
  examples: [
    ["restore monday.db --db state.db", "open runs wait until somebody resumes them"],
    ["restore monday.db --db state.db --continue", "the original is lost"]
  ],
  run: async ({ args: [backup = ""], flags, shell }) => {
    refuseTarget(shell)
    if (!existsSync(backup)) throw new NotThere(`there is no ${backup} here. Name the file that backup wrote`)
    const suspended = await restored(shell, resolve(backup), flags.on("continue"))
    shell.print(`${backup} → ${shell.db}`)
    tellSuspended(shell, suspended, shell.db)
    return 0
  }
}

const refuseTarget = ({ db }: Shell): void => {
  if (isPostgres(db)) {
    throw new Usage("a database is restored by the server's own tools, such as pg_restore. Name a file with --db FILE")
  }
  const taken = takenBy(db)
  if (taken !== undefined) {
    throw new NotThere(`${taken} exists: stop what uses it, move it away, or name another one with --db FILE`)
  }
}

/** Nobody can open the file before its open runs are suspended: only then it has its name. */
const restored = async (shell: Shell, backup: string, goesOn: boolean): Promise<number> => {
  let suspended = 0
  await copyState(backup, resolve(shell.db), async (draft) => {
    suspended = await made(shell, draft, goesOn)
  })
  return suspended
}

/** Suspends what is open, and says who has restored it; nothing is executed here, since no workflow is known. */
const made = async ({ actor }: Shell, db: string, goesOn: boolean): Promise<number> => {
  // The backup itself is the copy of what it was.
  await using pinnace = await open(db, { actor, backup: false, onUpgrade: () => {} })
  await Effect.runPromise(noted(pinnace.engine, { did: "restore", message: goesOn ? "--continue" : "a copy" }))
  if (goesOn) return 0
  const rows = await pinnace.list({ phases: ["Pending", "Running"], limit: Infinity })
  const runs = await handlesOf(pinnace, rows)
  for (const run of runs) await run.suspend()
  return runs.length
}
