/** `pinnace copy`. */
import { resolve } from "node:path"
import { isPostgres, withoutPassword } from "../../postgres/address.ts"
import { counted } from "../paint/counted.ts"
import { tellSuspended } from "../running/tellSuspended.ts"
import { Usage } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "FROM TO",
  about:
    "Copies runs and all that is kept beside them from a state file to a PostgreSQL database, or back: events, values, logs, schedules, reused results, limits, records of artifacts. Both are compared at the end; where anything is wrong nothing was copied. TO has to be empty, and nobody may execute runs of FROM meanwhile. Bytes of artifacts stay in their stores. Open runs are suspended in the copy, since they would run twice where FROM is used further: --continue is for moving, when nobody opens FROM again.",
  leavesNothingHalf: true,
  takes: [2, 2],
  options: {
    continue: { type: "boolean", about: "FROM is not used any more: let open runs go on in the copy by themselves" }
  },
  examples: [
    ["copy state.db postgres://app@db/app --continue", "from the file to a database"],
    ["copy postgres://app@db/app look.db", "to look at it here"]
  ],
  run: async ({ args: [from = "", to = ""], flags, shell }) => {
    if ([from, to].includes(":memory:")) throw new Usage("name files or addresses of databases")
    const { copyState } = await import("../../copy/copyState.ts")
    const progress = shell.isTerminal
      ? (table: string, count: number) => shell.write(`\r\x1b[K${table} ${count}`)
      : undefined
    const { counts, stores, suspended } = await copyState(place(from), place(to), {
      goesOn: flags.on("continue"),
      now: shell.now(),
      ...(progress === undefined ? {} : { progress })
    }).finally(() => progress === undefined ? undefined : shell.write("\r\x1b[K"))
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
    shell.print(
      `${shown(from)} → ${shown(to)}: ${counted(counts["runs"] ?? 0, "run")}, ${counted(all, "row")}, compared`
    )
    if (stores.length > 0) shell.print(`Bytes of artifacts stay where they are: ${stores.join(", ")}`)
    tellSuspended(shell, suspended, to)
    return 0
  }
}

const place = (text: string): string => isPostgres(text) ? text : resolve(text)

const shown = (text: string): string => withoutPassword(text)
