/** What is told of the runs and artifacts in a state file when it is looked over. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { isTerminal } from "../../run/Phase.ts"
import { livingOwners } from "../../view/runHead.ts"
import type { Shell } from "../Shell.ts"
import { bytes } from "../paint/times.ts"
import { commandOn, wayOn } from "./wayOn.ts"
import { look, rowsOf } from "../arguments/rows.ts"
import { isPostgres } from "../../postgres/address.ts"

/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  readonly value: string
  /** What is wrong and what to do; empty when nothing is. */
  readonly problem: string
}

/** One that is as it should be. */
export const fine = (what: string, value: string): Finding => ({ what, value, problem: "" })

/** How many there are, and each that does not go on with the command for it. */
export const runFindings = async (pinnace: Pinnace, shell: Shell): Promise<ReadonlyArray<Finding>> => {
  const all = await rowsOf(pinnace, { limit: Infinity })
  const counts = Map.groupBy(all, ({ phase }) => phase)
  const open = all.filter(({ phase }) => !isTerminal(phase))
  const alive = await look(pinnace, (source) => livingOwners(source, open))
  const orphans = open.filter(({ held, owner }) => held === null && !alive.has(owner))
  const held = open.filter((row) => row.held !== null)
  const names = (rows: typeof all): string =>
    rows.slice(0, 5).map(({ id }) => id).join(", ") + (rows.length > 5 ? ", …" : "")
  return [
    fine("Runs", all.length === 0 ? "none" : [...counts].map(([phase, rows]) => `${rows.length} ${phase}`).join(", ")),
    fine("Executed by", `${alive.size} living processes`),
    ...(orphans.length === 0 ? [] : [{
      what: "Interrupted",
      value: names(orphans),
      problem: `No process executes them: start the app that defines them, or:${
        orphans.slice(0, 5).map((row) => `\n${wayOn(shell, row)}`).join("")
      }`
    }]),
    ...held.map((row) => ({ what: "Held", value: row.id, problem: `${row.held!}\n${wayOn(shell, row)}` }))
  ]
}

/** How many artifacts there are, and those that could not be deleted. */
export const artifactFindings = async (pinnace: Pinnace, shell: Shell): Promise<ReadonlyArray<Finding>> => {
  const all = await pinnace.artifacts({ limit: Number.MAX_SAFE_INTEGER })
  const live = all.filter(({ state }) => state === "live" || state === "due")
  const failed = all.filter(({ state }) => state === "failed")
  const size = live.reduce((sum, it) => sum + it.size, 0)
  return [{
    what: "Artifacts",
    value: `${live.length} (${bytes(size)})`,
    problem: failed.length === 0
      ? ""
      : `${failed.length} could not be deleted (${failed[0]!.error}). To try again:\n${
        commandOn(shell, "gc", "--retry-failed")
      }`
  }]
}

/** What is to be known of a database on a server; `undefined` for a state file. */
export const serverFindings = async ({ db, shownDb }: Shell): Promise<ReadonlyArray<Finding> | undefined> => {
  if (!isPostgres(db)) return undefined
  const { inspect } = await import("../../postgres/inspect.ts")
  const { processes, schema, schemaKnown, size, version } = await inspect({ url: db })
  return [
    fine("Database", `${shownDb} (${bytes(size)})`),
    fine("PostgreSQL", version),
    fine("Schema", `version ${schema} (this program knows ${schemaKnown})`),
    fine("Processes", processes.length === 0 ? "none" : processes.join(", "))
  ]
}
