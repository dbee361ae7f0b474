/** `pinnace migrate`. */
import { isPostgres } from "../../postgres/address.ts"
import { Usage } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "",
  about: "Brings the schema of a PostgreSQL database to the version of this program, as a role that may do so; " +
    "then processes can use it as one that may not. State files are migrated when they are opened.",
  takes: [0, 0],
  options: { print: { type: "boolean", about: "Only print the statements, for an empty database" } },
  examples: [
    ["migrate --db postgres://admin@db/app", "before a new version is rolled out"],
    ["migrate --print | psql app", "to read them first"]
  ],
  run: async ({ flags, shell }) => {
    const { migrated, script } = await import("../../postgres/inspect.ts")
    if (flags.on("print")) return shell.print(script("pinnace")), 0
    if (!isPostgres(shell.db)) throw new Usage("name a database: --db postgres://…")
    const { from, to } = await migrated({ url: shell.db })
    shell.print(from === to ? `${shell.shownDb} has version ${to}` : `${shell.shownDb}: version ${from} → ${to}`)
    return 0
  }
}
