/** `pinnace list`. */
import { dataText } from "../paint/data.ts"
import { table } from "../paint/table.ts"
import { age, instant, span } from "../../run/instant.ts"
import { oneLine } from "../paint/width.ts"
import { reasonOf, statusesOf } from "../../view/runHead.ts"
import { look, viewOf } from "../arguments/rows.ts"
import { rowsOf } from "../arguments/optionValues.ts"
import { listing, selectListed } from "../arguments/listed.ts"
import type { RunRow } from "../../run/State.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { Usage } from "../Usage.ts"
import { confirm } from "../arguments/confirm.ts"
import type { Shell } from "../Shell.ts"
import { withView } from "../arguments/state.ts"
import type { Call, Verb } from "../Verb.ts"
import type { RunView } from "../../view/RunView.ts"

const formats = ["wide", "name", "json", "yaml"] as const

const list = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { flags, shell } = call
    const format = outputOf(call, formats)
    const limit = rowsOf(flags, "limit")
    const page = rowsOf(flags, "page") ?? 1
    if (page > 1 && limit === undefined) throw new Usage("--page needs --limit: how many runs a page has")
    const most = limit === undefined ? undefined : limit * page + 1
    const found = await selectListed(pinnace, flags, shell.now(), most)
    const rows = limit === undefined ? found : found.slice(limit * (page - 1), limit * page)
    if (format === "json" || format === "yaml") shell.print(await dataText(rows.map(asData), format))
    else if (format === "name") rows.forEach(({ id }) => shell.print(id))
    else if (rows.length === 0) shell.print(page > 1 ? `There are no runs on page ${page}` : "No runs found")
    else if (rows.length > many && shell.isTerminal && !(await confirm(shell, `Print ${rows.length} lines?`))) {
      shell.complain(`Nothing was printed: --limit N, --since 1d and --status show fewer`)
    } else {
      const counts = await Promise.all(
        rows.map(async ({ id }) => format === "wide" ? progressOf(await viewOf(pinnace, { id })) : "")
      )
      const statuses = await look(pinnace, (source) => statusesOf(source, rows))
      shell.print(lines(rows, { counts, statuses }, shell, format === "wide", !flags.on("no-headers")).join("\n"))
      if (found.length === most) shell.complain(shell.paint.dim(`There are more: --page ${page + 1} shows the next`))
    }
    return 0
  })

/** More lines than a person reads. */
const many = 1_000

const progressOf = ({ done, total }: RunView): string => `${done}/${total}`

const lines = (
  rows: ReadonlyArray<RunRow>,
  { counts, statuses }: Readonly<Record<"counts" | "statuses", ReadonlyArray<string>>>,
  shell: Shell,
  wide: boolean,
  titled: boolean
): ReadonlyArray<string> => {
  const now = shell.now()
  const cells = rows.map((row, at) => {
    const took = row.startedAt === 0 ? "" : span((row.finishedAt || now) - row.startedAt)
    const status = shell.paint.phase(row.phase, statuses[at]!)
    const message = oneLine(reasonOf(row))
    const first = [row.id, row.workflow, status, age(now - row.createdAt), took, String(row.priority)]
    return wide ? [...first, counts[at]!, row.origin ?? "", message] : [...first, message]
  })
  const titles = [
    "NAME",
    "WORKFLOW",
    "STATUS",
    "AGE",
    "DURATION",
    "PRIORITY",
    ...(wide ? ["DONE", "MADE FROM"] : []),
    "MESSAGE"
  ]
  return table(titled ? [titles, ...cells] : cells, shell.columns)
}

const asData = (row: RunRow): object => ({
  id: row.id,
  name: row.id,
  workflow: row.workflow,
  phase: row.phase,
  reason: row.reason,
  message: reasonOf(row),
  suspended: row.suspended,
  priority: row.priority,
  labels: row.labels,
  origin: row.origin,
  createdAt: instant(row.createdAt),
  startedAt: instant(row.startedAt),
  finishedAt: instant(row.finishedAt)
})

/** The verb. */
export const verb: Verb = {
  usage: "[options]",
  about: "Lists the runs of the state file, newest first.",
  takes: [0, 0],
  options: {
    ...listing,
    limit: { type: "string", value: "N", about: "At most N runs" },
    page: { type: "string", value: "N", about: "With --limit: which page" },
    "no-headers": { type: "boolean", about: "Leave out the header line" },
    output: outputOption(formats)
  },
  examples: [
    ["list", "all runs"],
    ["list --running", "runs that have not ended"],
    ["list --limit 50 --page 2", "older runs"],
    ["list --chain poll-7", "all links of a flow that goes on in new runs"],
    ["list --status Failed,Error --since 1d", "what went wrong since yesterday"],
    ["list -o json | jq -r '.[].id'", "for scripts"]
  ],
  run: list
}
