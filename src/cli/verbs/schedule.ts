/** `pinnace schedule`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { FireView, ScheduleStatus } from "../../schedule/reads.ts"
import { span } from "../../run/instant.ts"
import { numberOf } from "../arguments/optionValues.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { exportedSchedules, instantOf, moduleOption, namedSchedule } from "../arguments/schedules.ts"
import { withState, withStateIfAny } from "../arguments/state.ts"
import type { ShownInstant } from "../../schedule/around.ts"
import { table } from "../paint/table.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

type Act = (call: Call, pinnace: Pinnace, name: string) => Promise<number>

const schedule = (call: Call): Promise<number> => {
  const [verb = "ls", name] = call.args
  // When it is due is in the module: whoever writes a schedule looks at that before anything keeps it.
  const isInModule = (verb === "ls" || verb === "next") && call.flags.text("file") !== undefined
  return (isInModule ? withStateIfAny : withState)(call.shell, (pinnace) => {
    if (verb === "ls" && name === undefined) return list(call, pinnace)
    const act = acts[verb]
    if (act === undefined || name === undefined) {
      throw new Usage("write `schedule ls`, or `schedule next|fires|pause|resume|trigger|rm NAME`")
    }
    return act(call, pinnace, name)
  })
}

const list = async (call: Call, pinnace: Pinnace): Promise<number> => {
  const { shell } = call
  const exported = await exportedSchedules(call.flags)
  const known = (await pinnace.schedules()).filter(({ name }) => exported.every((it) => it.name !== name))
  const own = await Promise.all(exported.map((it) => pinnace.schedule(it).status()))
  const all = [...known, ...own].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(all, null, 2))
  else if (all.length === 0) shell.print("No schedules: no process has kept one")
  else {
    const titles = ["NAME", "WORKFLOW", "NEXT", "LAST", "OPEN", "STATE", "WHEN"]
    shell.print(table([titles, ...all.map((it) => row(it, shell.now()))], shell.columns).join("\n"))
  }
  return 0
}

const row = (it: ScheduleStatus, now: number): ReadonlyArray<string> => [
  it.name,
  it.workflow,
  it.next === undefined ? "" : `in ${span(it.next.getTime() - now)}`,
  it.previous === undefined ? "" : `${span(now - it.previous.getTime())} ago`,
  String(it.open.length + it.queued.length),
  it.paused === undefined ? "on" : `paused: ${it.paused}`,
  it.when
]

/** Only its module knows when a schedule is due and what its runs are given. */
const needFile = ({ flags }: Call, verb: string): void => {
  if (flags.text("file") === undefined) {
    throw new Usage(`${verb} needs --file FILE: the module that defines the schedule`)
  }
}

const next: Act = async (call, pinnace, name) => {
  needFile(call, "next")
  const handle = await namedSchedule(pinnace, call.flags, name)
  const many = numberOf(call.flags, "number", { least: 1, most: 1_000 })
  const middle = instantOf(call.flags, "around")
  if (middle !== undefined) return around(call, await handle.around(middle, many ?? 2))
  const found = await handle.next(many ?? 3, instantOf(call.flags, "from"))
  if (outputOf(call, formats) === "json") call.shell.print(JSON.stringify(found, null, 2))
  else for (const at of found) call.shell.print(at.toISOString())
  return 0
}

/** With what clocks show, so that one sees what a change of clocks does. */
const around = (call: Call, found: ReadonlyArray<ShownInstant>): number => {
  if (outputOf(call, formats) === "json") call.shell.print(JSON.stringify(found, null, 2))
  else {
    const rows = found.map(({ at, local, moved = 0 }) => [at.toISOString(), local, movedText(moved)])
    call.shell.print(table(rows, call.shell.columns).join("\n"))
  }
  return 0
}

const movedText = (moved: number): string =>
  moved === 0 ? "" : `clocks went ${moved > 0 ? "forward" : "back"} by ${span(Math.abs(moved))}`

const fires: Act = async (call, pinnace, name) => {
  const { flags, shell } = call
  const outcome = (["started", "queued", "skipped", "missed"] as const).find((it) => flags.on(it))
  const from = instantOf(flags, "from")
  const found = await (await namedSchedule(pinnace, flags, name)).fires({
    ...(outcome === undefined ? {} : { outcome }),
    ...(from === undefined ? {} : { from }),
    limit: numberOf(flags, "number", { least: 1 }) ?? 20
  })
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(found, null, 2))
  else if (found.length === 0) {
    shell.print(`No instants of ${name} are recorded. See all schedules: ${shell.program} schedule`)
  } else shell.print(table(found.map(fireRow), shell.columns).join("\n"))
  return 0
}

const fireRow = ({ due, from, many, outcome, run, why }: FireView): ReadonlyArray<string> => [
  from === undefined ? due.toISOString() : `${from.toISOString()} to ${due.toISOString()} (${many})`,
  outcome,
  run ?? "",
  why ?? ""
]

const pause: Act = async ({ flags, shell }, pinnace, name) => {
  await (await namedSchedule(pinnace, flags, name)).pause(flags.text("message"))
  shell.print(`${name} is paused: its instants are skipped from now on`)
  return 0
}

const resume: Act = async ({ flags, shell }, pinnace, name) => {
  await (await namedSchedule(pinnace, flags, name)).resume(flags.on("catch-up") ? { catchUp: true } : {})
  shell.print(`${name} goes on`)
  return 0
}

const trigger: Act = async (call, pinnace, name) => {
  const { flags, shell } = call
  needFile(call, "trigger")
  const id = await (await namedSchedule(pinnace, flags, name)).trigger(instantOf(flags, "at"))
  shell.print(`${shell.paint.icon("Running")} ${id} began`)
  const { message, phase } = await (await pinnace.get(id))!.ending()
  const why = message === undefined || message === "" ? "" : `: ${message}`
  shell.print(`${shell.paint.icon(phase)} ${id} ${shell.paint.phase(phase)}${why}`)
  return phase === "Succeeded" ? 0 : 1
}

const remove: Act = async ({ shell }, pinnace, name) => {
  await pinnace.schedule(name).status()
  await pinnace.schedule(name).remove()
  shell.print(`${name} is forgotten: where it stood, and what became of its instants`)
  return 0
}

const acts: Readonly<Record<string, Act>> = { next, fires, pause, resume, trigger, rm: remove }

/** The verb. */
export const verb: Verb = {
  usage: "[ls | (next|fires|pause|resume|trigger|rm) NAME] [options]",
  about:
    "Shows schedules and acts on them, whichever process keeps them. `next` and `trigger` need the module that defines the schedule; " +
    "`trigger` starts a run for one instant and waits for its end. `fires` tells what became of instants, with a reason where no run was started.",
  takes: [0, 2],
  options: {
    file: moduleOption,
    number: { type: "string", short: "n", value: "N", about: "How many instants; default 3, of fires 20" },
    from: { type: "string", value: "INSTANT", about: "With next and fires: only from here on" },
    around: {
      type: "string",
      value: "INSTANT",
      about: "With next: those before and after this instant, with what clocks show; default 2 each"
    },
    at: { type: "string", value: "INSTANT", about: "With trigger: for this instant; default now" },
    message: { type: "string", short: "m", value: "TEXT", about: "With pause: why" },
    "catch-up": { type: "boolean", about: "With resume: fill what was due meanwhile (needs --file)" },
    started: { type: "boolean", about: "With fires: only instants that started a run" },
    queued: { type: "boolean", about: "With fires: only instants that wait for their turn" },
    skipped: { type: "boolean", about: "With fires: only skipped ones" },
    missed: { type: "boolean", about: "With fires: only missed ones" },
    output: outputOption(formats)
  },
  examples: [
    ["schedule ls --file flow.ts", "when they are due, and how they stand"],
    ["schedule next nightly --file flow.ts --around 2027-03-28", "what a change of clocks does"],
    ["schedule fires nightly --skipped", "what was left out, and why"],
    ['schedule pause nightly -m "deploy"', "skip its instants for a while"],
    ["schedule trigger nightly --file flow.ts", "run it now"]
  ],
  run: schedule
}
