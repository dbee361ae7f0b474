/** `pinnace backup`. */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { isPostgres } from "../../postgres/address.ts"
import { bytes } from "../paint/times.ts"
import { copyState } from "../running/stateFile.ts"
import { refuseMissing } from "../arguments/state.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FILE",
  about:
    "Writes a consistent copy of the state file, while it is in use. The copy is as small as it can be; artifacts, which lie beside the state file, are not in it. It has its name once it is complete and checked. Make a state file of it with `restore`.",
  leavesNothingHalf: true,
  takes: [1, 1],
  options: {},
  examples: [["backup monday.db", "a copy that can be opened with --db monday.db"]],
  run: async ({ args: [file = ""], shell }) => {
    refuseMissing(shell)
    if (isPostgres(shell.db)) {
      throw new Usage(
        "a database is copied by the server's own tools: pg_dump, or its backups. Or copy its runs: pinnace export"
      )
    }
    if (existsSync(file)) throw new NotThere(`${file} exists: remove it, or name another file`)
    await copyState(shell.db, resolve(file))
    shell.print(`${shell.db} → ${file} (${bytes(statSync(file).size)})`)
    return 0
  }
}
