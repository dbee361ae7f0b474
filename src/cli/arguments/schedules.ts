/** Schedules that command lines mean: those of the state file, and those that a module exports. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { ScheduleHandle } from "../../embed/ScheduleHandle.ts"
import { type Schedule, scheduleRule } from "../../schedule/Schedule.ts"

import { Usage } from "../Usage.ts"
import type { Flags, Option } from "../Verb.ts"
import { importFile, refuseOtherCopies } from "./source.ts"

/** The option that names a module with schedules. */
export const moduleOption: Option = {
  type: "string",
  short: "f",
  value: "FILE",
  about: "A module that exports schedules: their timing and their input are only there"
}

/** The schedules that the module exports, none without one. */
export const exportedSchedules = async (flags: Flags): Promise<ReadonlyArray<Schedule>> => {
  const file = flags.text("file")
  if (file === undefined) return []
  const found = Object.values(await importFile(file)).flat().filter((it) => scheduleRule(it) === undefined)
  if (found.length === 0) throw new Usage(`${file} exports no schedule: write \`export const … = schedule(…)\``)
  const schedules = found as ReadonlyArray<Schedule>
  await refuseOtherCopies(file, schedules.map((it) => it.workflow))
  return schedules
}

/** The schedule of a name, as the module has it if there is one. Throws `Usage`. */
export const namedSchedule = async (pinnace: Pinnace, flags: Flags, name: string): Promise<ScheduleHandle> => {
  const exported = await exportedSchedules(flags)
  const found = exported.find((it) => it.name === name)
  if (found !== undefined) return pinnace.schedule(found)
  if (exported.length === 0) return pinnace.schedule(name)
  throw new Usage(
    `${flags.text("file")} exports no schedule "${name}", but ${exported.map((it) => it.name).join(", ")}`
  )
}

/** The instant that an option holds. Throws `Usage`. */
export const instantOf = (flags: Flags, name: string): Date | undefined => {
  const text = flags.text(name)
  if (text === undefined) return undefined
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) {
    throw new Usage(`--${name} ${text}: write an instant such as 2026-11-29 or 2026-11-29T01:30Z`)
  }
  return at
}
