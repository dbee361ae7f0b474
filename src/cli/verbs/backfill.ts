/** `pinnace backfill`. */
import type { ScheduleHandle } from "../../embed/ScheduleHandle.ts"
import type { Rerun } from "../../schedule/backfill.ts"
import type { FireView } from "../../schedule/reads.ts"
import { numberOf } from "../arguments/optionValues.ts"
import { instantOf, moduleOption, namedSchedule } from "../arguments/schedules.ts"
import { withState } from "../arguments/state.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const reruns: ReadonlyArray<Rerun> = ["missing", "failed", "all"]

const backfill = (call: Call): Promise<number> =>
  withState(call.shell, async (pinnace) => {
    const { args, flags, shell } = call
    const [name, id] = args as [string, string | undefined]
    const handle = await namedSchedule(pinnace, flags, name)
    if (flags.on("stop")) {
      if (id === undefined) throw new Usage("write `backfill NAME ID --stop`")
      return stop(call, handle, id)
    }
    if (flags.on("runs")) throw new Usage("--runs goes with --stop")
    const [from, until] = [instantOf(flags, "from"), instantOf(flags, "to")]
    if (from === undefined) throw new Usage("backfill needs --from INSTANT")
    const rerun = flags.text("rerun") ?? "missing"
    if (!reruns.some((it) => it === rerun)) throw new Usage(`--rerun ${rerun}: choose ${reruns.join(", ")}`)
    const end = until ?? new Date(shell.now())
    if (flags.on("dry-run")) return foresee(call, handle, from, end)
    const view = await handle.backfill({
      from,
      until: end,
      parallelism: numberOf(flags, "parallel", { least: 1 }) ?? 1,
      rerun: rerun as Rerun
    })
    shell.print(`${view.id}: ${await counted(handle, from, end)}`)
    shell.print(`Start nothing more: ${shell.program} backfill ${name} ${view.id} --stop`)
    const { failed, state, succeeded } = await handle.backfillEnd(view.id, (fire) => shell.print(told(call, fire)))
    shell.print(`${view.id} is ${state}: ${succeeded} succeeded, ${failed} failed`)
    return failed > 0 ? 1 : 0
  })

const stop = async ({ flags, shell }: Call, handle: ScheduleHandle, id: string): Promise<number> => {
  const runs = flags.on("runs")
  const stopped = await handle.stopBackfill(id, { runs })
  shell.print(`${id} starts nothing more; ${runs ? endedRuns(stopped) : "what runs goes on"}`)
  return 0
}

const endedRuns = (runs: ReadonlyArray<string>): string =>
  runs.length === 0 ? "all its runs have ended" : `stopping ${runs.join(", ")}`

const foresee = async ({ shell }: Call, handle: ScheduleHandle, from: Date, until: Date): Promise<number> => {
  shell.print(await counted(handle, from, until))
  return 0
}

/** How many instants are counted. */
const most = 10_000

/** How many instants there are, by whether they have started a run; some that did may not be of this timing. */
const counted = async (handle: ScheduleHandle, from: Date, until: Date): Promise<string> => {
  const found = (await handle.next(most, from.getTime() - 1)).filter((at) => at < until)
  const fires = await handle.fires({ from, until, outcome: "started", limit: Infinity })
  const started = new Set(fires.map(({ due }) => due.getTime()))
  const done = found.filter((at) => started.has(at.getTime())).length
  const or = found.length === most ? "or more " : ""
  return `${found.length} ${or}instants: ${found.length - done} without a run, ${done} with one`
}

const told = ({ shell }: Call, { due, outcome, run, why }: FireView): string =>
  outcome === "started"
    ? `${shell.paint.icon("Running")} ${run} began`
    : `${due.toISOString()} ${outcome}${why === undefined ? "" : `: ${why}`}`

/** The verb. */
export const verb: Verb = {
  usage: "NAME --file FILE --from INSTANT [--to INSTANT] [options]",
  about:
    "Starts runs of a schedule for instants of the past, as many at once as --parallel says, and waits for their end. " +
    "It is kept in the state file: when this process ends, any process that keeps the schedule goes on with it. " +
    "`backfill NAME ID --stop` starts nothing more; with --runs it also stops the runs that are open.",
  takes: [1, 2],
  options: {
    file: moduleOption,
    from: { type: "string", value: "INSTANT", about: "The first instant" },
    to: { type: "string", value: "INSTANT", about: "Instants before this one; default now" },
    parallel: { type: "string", value: "N", about: "Runs at once; default 1" },
    rerun: {
      type: "string",
      value: "WHICH",
      about: "missing (default): instants without a run; failed: also those whose run failed; all"
    },
    "dry-run": { type: "boolean", about: "Only say how many instants there are" },
    stop: { type: "boolean", about: "Start nothing more of the backfill with this id" },
    runs: { type: "boolean", about: "With --stop: also stop its open runs" }
  },
  examples: [
    ["backfill nightly --file flow.ts --from 2026-10-01 --to 2026-11-01 --parallel 4", "a month"],
    ["backfill nightly --file flow.ts --from 2026-10-01 --rerun failed", "only what failed or never ran"],
    ["backfill nightly bf-1 --stop", "start nothing more"],
    ["backfill nightly bf-1 --stop --runs", "and stop what it has begun"]
  ],
  run: backfill
}
