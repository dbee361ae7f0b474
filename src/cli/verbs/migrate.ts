/** `pinnace migrate`. */
import { isPostgres } from "../../postgres/address.ts"
import type { MigrationPlan } from "../../engine/life/migration.ts"
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
    if (file === undefined) throw new Usage("migrate RUN needs --file FILE")
    const run = await findRun(pinnace, name)
    const { workflow } = await run.status()
    const [acceptLost, dryRun] = [flags.on("accept-lost"), flags.on("dry-run")]
    const to = await newerOf(file, workflow, flags.text("workflow"))
    const plan = await run.migrate(to, { acceptLost, dryRun, leave: true })
    if (plan.refused !== undefined) {
      shell.print(`Run ${run.id} stays with ${plan.from}. It cannot go on as ${plan.to}: ${plan.refused}`)
    } else {
      const what = dryRun ? "can go on" : "goes on"
      shell.print(`Run ${run.id} ${what} as ${plan.to} instead of ${plan.from}: ${stays(plan.keep)}`)
    }
    for (const line of changesOf(plan)) shell.print(line)
    if (plan.refused !== undefined) return 1
    if (!dryRun) shell.print(`Go on with it here: ${shell.program} resume ${run.id}`)
    return 0
  })

const stays = (keep: number): string => keep === 1 ? "1 node stays" : `${keep} nodes stay`

const changesOf = ({ lost, renamed, reset }: MigrationPlan): ReadonlyArray<string> => [
  ...renamed.map(({ from, to }) => `  stays  ${from}, which is now called ${to}`),
  ...lost.map(({ artifacts, path, why }) => {
    const saved = artifacts.length === 0 ? "" : `; it saved ${artifacts.join(", ")}`
    return `  lost   ${path}: ${why}${saved}`
  }),
  ...reset.map(({ path, why }) => `  again  ${path}: ${why}`)
]

/** The verb. */
export const verb: Verb = {
  usage: "[RUN --file FILE] [options]",
  about: "Lets an open run that no process executes go on with another version of its workflow: that of --file. " +
    "With --dry-run it only says what stays as it is, what would be lost and what runs again. What would be lost is " +
    "refused, unless --accept-lost is given. " +
    "Without a run it brings the schema of a PostgreSQL database to the version of this program, as a role that may do " +
    "so; then processes can use it as one that may not. State files are migrated when they are opened.",
  takes: [0, 1],
  options: {
    file: { type: "string", short: "f", value: "FILE", about: "The module that exports the version to go on with" },
    workflow: { type: "string", value: "NAME", about: "Which of its versions, as in order@2" },
    "accept-lost": { type: "boolean", about: "Go on without what the version cannot take over" },
    "dry-run": { type: "boolean", about: "Only say what would be" },
    print: { type: "boolean", about: "Without a run: only print the statements, for an empty database" }
  },
  examples: [
    ["migrate order-9 --file shop.ts --dry-run", "whether it can go on with the new version"],
    ["migrate order-9 --file shop.ts --accept-lost", "go on without what the new version does not have"],
    ["migrate --db postgres://admin@db/app", "the schema, before a new version is rolled out"],
    ["migrate --print | psql app", "to read the statements first"]
  ],
  run: migrate
}
