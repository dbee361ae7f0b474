/** `pinnace export`. */
import { existsSync, statSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { chosen } from "../running/act.ts"
import { findRun } from "../arguments/findRun.ts"
import { isSelective, selection } from "../arguments/selectRuns.ts"
import type { Shell } from "../Shell.ts"
import { look } from "../arguments/rows.ts"
import { counted } from "../paint/counted.ts"
import { deleteRuns } from "../running/deleteRuns.ts"
import { bytes } from "../paint/times.ts"
import { withState, withView } from "../arguments/state.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const refuseTaken = (file: string): void => {
  if (existsSync(file)) throw new NotThere(`${file} exists: remove it, or name another file`)
}

const write = async (shell: Shell, run: RunHandle, file: string): Promise<void> => {
  refuseTaken(file)
  await run.export(file)
  shell.print(`${run.id} → ${file} (${bytes(statSync(file).size)})`)
}

const exportRuns = (call: Call): Promise<number> => {
  const to = call.flags.text("to")
  if (to !== undefined) return archive(call, to)
  if (call.flags.on("delete")) throw new Usage("--delete needs --to")
  return withView(call.shell, async (pinnace) => {
    const { args: [name, path], flags, shell } = call
    if (!isSelective(flags)) {
      if (name === undefined) throw new Usage("name a RUN, or choose runs with options such as --status")
      const run = await findRun(pinnace, name)
      await write(shell, run, path ?? `${run.id}.tgz`)
      return 0
    }
    if (name !== undefined) throw new Usage("chosen runs are written to RUN.tgz each: leave out the names")
    const runs = await chosen(call, pinnace)
    if (runs.length === 0) shell.print("No runs found")
    for (const run of runs) await write(shell, run, `${run.id}.tgz`)
    return 0
  })
}

/** Writes many runs to one file, and perhaps deletes them then. */
const archive = async (call: Call, to: string): Promise<number> => {
  const { flags, shell } = call
  if (!/\.ndjson(\.gz)?$/.test(to)) {
    throw new Usage(`--to ${to}: name it .ndjson or .ndjson.gz`)
  }
  refuseTaken(to)
  const { archiveRuns } = await import("../../embed/transfer/archiveRuns.ts")
  return (flags.on("delete") ? withState : withView)(shell, async (pinnace) => {
    const runs = new Map((await chosen(call, pinnace)).map((run) => [run.id, run]))
    // The oldest first, so that archives can be put one behind the other.
    const done = await archiveRuns(pinnace.engine, [...runs.keys()].toReversed(), to)
    const left = runs.size - done.runs.length
    if (left > 0) shell.print(`${counted(left, "run")} left out: open`)
    shell.print(`${counted(done.runs.length, "run")} → ${to} (${bytes(done.size)})`)
    if (!flags.on("delete") || done.runs.length === 0) return 0
    const events = new Map(done.runs.map(({ events, id }) => [id, events]))
    return await deleteRuns(shell, done.runs.map(({ id }) => runs.get(id)!), {
      unless: async ({ id }) => await isSame(pinnace, id, events.get(id)!) ? undefined : `${id} has gone on`
    })
  })
}

/** Whether a run still has as many events as the file has of it, or is gone by now. */
const isSame = (pinnace: Pinnace, id: string, events: number): Promise<boolean> =>
  look(pinnace, (source) =>
    Effect.gen(function* () {
      const row = yield* source.findRun(id)
      return row === undefined || (yield* source.lastSeq(row.key)) === events
    }))

/** The verb. */
export const verb: Verb = {
  usage: "RUN [FILE.tgz] | OPTIONS",
  about:
    "Writes an ended run with its events, logs and artifacts into one file, which `import` takes in elsewhere. Default RUN.tgz. " +
    "Options choose several runs, which are written to a file each. With --to they become lines of JSON in one file: runs, nodes, events, logs " +
    "and the names of artifacts, to be asked with jq or DuckDB after the runs are deleted.",
  leavesNothingHalf: true,
  takes: [0, 2],
  options: {
    ...selection,
    to: {
      type: "string",
      value: "FILE.ndjson[.gz]",
      about: "Write all chosen runs that have ended to this file, one value a line"
    },
    delete: { type: "boolean", about: "Delete the runs once the file of --to is on the disk and was read back" }
  },
  examples: [
    ["export @latest failed.tgz", "send a run to somebody who wants to look at it"],
    ["export --completed -l team=blue", "all ended runs of a team, a file each"],
    ["export --older 30d --to 2026-11.ndjson.gz --delete", "move what is older than a month out of the state file"]
  ],
  run: exportRuns
}
