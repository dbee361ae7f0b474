/** `pinnace doctor --compare`: which runs two state files have, and how far each has gone in both. */
import { resolve } from "node:path"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunRow } from "../../run/State.ts"
import { look, rowsOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import { counted } from "../paint/counted.ts"
import { pad } from "../paint/width.ts"
import type { Shell } from "../Shell.ts"
import { Usage } from "../Usage.ts"

/** A run of a file, and how many events it has. */
interface Known {
  readonly row: RunRow
  readonly events: number
}

type Runs = ReadonlyMap<string, Known>

const runsOf = async (pinnace: Pinnace): Promise<Runs> => {
  const rows = await rowsOf(pinnace, { limit: Infinity })
  const runs = new Map<string, Known>()
  for (const row of rows) runs.set(row.id, { row, events: await look(pinnace, (source) => source.lastSeq(row.key)) })
  return runs
}

/** Tells what differs; answers 1 where anything does. */
export const compareWith = async (shell: Shell, other: string): Promise<number> => {
  if (resolve(other) === resolve(shell.db)) throw new Usage(`--compare ${other}: that is the same file`)
  const here = await withView(shell, runsOf)
  const there = await withView({ program: shell.program, db: other }, runsOf)
  const both = [...here.keys()].filter((id) => there.has(id))
  const lines: ReadonlyArray<readonly [what: string, ids: ReadonlyArray<string>]> = [
    ["Only here", [...here.keys()].filter((id) => !there.has(id))],
    ["Only there", [...there.keys()].filter((id) => !here.has(id))],
    ["Further here", both.filter((id) => isSame(here, there, id) && ahead(here, there, id) > 0)],
    ["Further there", both.filter((id) => isSame(here, there, id) && ahead(here, there, id) < 0)],
    ["Other runs", both.filter((id) => !isSame(here, there, id))]
  ]
  for (const [what, ids] of lines) if (ids.length > 0) shell.print(`${pad(what, 14)} ${listed(ids)}`)
  const same = both.length - lines.slice(2).reduce((sum, [, ids]) => sum + ids.length, 0)
  shell.print(`${pad("The same", 14)} ${counted(same, "run")}`)
  return lines.every(([, ids]) => ids.length === 0) ? 0 : 1
}

const ahead = (here: Runs, there: Runs, id: string): number => here.get(id)!.events - there.get(id)!.events

/** Whether an id means one run in both: a run that was deleted may have left its id to another one. */
const isSame = (here: Runs, there: Runs, id: string): boolean => {
  const [one, other] = [here.get(id)!.row, there.get(id)!.row]
  return one.createdAt === other.createdAt && one.workflow === other.workflow
}

const listed = (ids: ReadonlyArray<string>): string => `${counted(ids.length, "run")}: ${ids.join(", ")}`
