/** `pinnace import`. */
import { existsSync } from "node:fs"
import { open } from "../../embed/open.ts"
import { NotThere } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FILE.tgz",
  about:
    "Adds a run that `export` wrote to a state file, which may be new. The run can be looked at, resubmitted and forked.",
  leavesNothingHalf: true,
  takes: [1, 1],
  options: {},
  examples: [["import failed.tgz --db look.db", "look at the run of somebody else"]],
  run: async ({ args: [file = ""], shell }) => {
    if (!existsSync(file)) throw new NotThere(`Cannot read ${file}: there is no such file`)
    const pinnace = await open(shell.db, { actor: shell.actor })
    try {
      shell.print(`${file} → ${(await pinnace.import(file)).id}`)
      return 0
    } finally {
      await pinnace.close()
    }
  }
}
