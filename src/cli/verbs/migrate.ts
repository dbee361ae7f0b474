/** `pinnace migrate`. */
import { isPostgres } from "../../postgres/address.ts"
import { findRun } from "../arguments/findRun.ts"
import { newerOf } from "../arguments/source.ts"
import { withState } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const migrate = (call: Call): Promise<number> => call.args[0] === undefined ? schema(call) : run(call, call.args[0])

const schema = async ({ flags, shell }: Call): Promise<number> => {
  const { migrated, script } = await import("../../postgres/inspect.ts")
  if (flags.on("print")) return shell.print(script("pinnace")), 0
  if (!isPostgres(shell.db)) {
    throw new Usage("name a database with --db postgres://…, or a run with --file FILE")
  }
  const { from, to } = await migrated({ url: shell.db })
  const what = from === to ? "is up to date" : from === 0 ? "is ready for use" : `was migrated from version ${from}`
  shell.print(`${shell.shownDb} ${what} (schema version ${to})`)
  return 0
}

const run = ({ flags, shell }: Call, name: string): Promise<number> =>
  withState(shell, async (pinnace) => {
    const file = flags.text("file")
    if (file === undefined) throw new Usage("migrate RUN needs --file FILE: the module with its new version")
    const run = await findRun(pinnace, name)
    const { workflow } = await run.status()
    const dryRun = flags.on("dry-run")
    const to = await newerOf(file, workflow, flags.text("workflow"))
    const plan = await run.migrate(to, { dryRun, leave: true })
    const nodes = plan.keep === 1 ? "1 node stays" : `${plan.keep} nodes stay`
    if (plan.refused !== undefined) {
      shell.print(`Run ${run.id} stays with ${plan.from}. It cannot go on as ${plan.to}: ${plan.refused}`)
      return 1
    }
    shell.print(`Run ${run.id} ${dryRun ? "can go on" : "goes on"} as ${plan.to} instead of ${plan.from}: ${nodes}`)
    if (!dryRun) shell.print(`Go on with it here: ${shell.program} resume ${run.id}`)
    return 0
  })

/** The verb. */
export const verb: Verb = {
  usage: "[RUN --file FILE] [options]",
  about: "Lets an open run that no process executes go on with another version of its workflow: that of --file. " +
    "With --dry-run it only says how many nodes stay as they are, or why the version cannot follow what was recorded. " +
    "Without a run it brings the schema of a PostgreSQL database to the version of this program, as a role that may do " +
    "so; then processes can use it as one that may not. State files are migrated when they are opened.",
  takes: [0, 1],
  options: {
    file: { type: "string", short: "f", value: "FILE", about: "The module that exports the version to go on with" },
    workflow: { type: "string", value: "NAME", about: "Which of its versions, as in order@2" },
    "dry-run": { type: "boolean", about: "Only say what would be" },
    print: { type: "boolean", about: "Without a run: only print the statements, for an empty database" }
  },
  examples: [
    ["migrate order-9 --file shop.ts --dry-run", "whether it can go on with the new version"],
    ["migrate --db postgres://admin@db/app", "the schema, before a new version is rolled out"],
    ["migrate --print | psql app", "to read the statements first"]
  ],
  run: migrate
}
