/** What modules export that a server can use: workflows, and schedules with what they run. */
import { resolve } from "node:path"
import { type Schedule, scheduleRule } from "../../schedule/Schedule.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { importFile, isWorkflow, refuseOtherCopies } from "../arguments/source.ts"
import { Usage } from "../Usage.ts"

/** What they export. */
export interface Served {
  readonly workflows: ReadonlyArray<SomeWorkflow>
  readonly schedules: ReadonlyArray<Schedule>
}

/** Loads them. Throws `Usage` for one that has nothing to serve. */
export const servedModules = async (files: ReadonlyArray<string>): Promise<Served> => {
  const all = await Promise.all(files.map((file) => served(resolve(file))))
  return {
    workflows: [...new Set(all.flatMap(({ workflows }) => workflows))],
    schedules: [...new Set(all.flatMap(({ schedules }) => schedules))]
  }
}

const served = async (file: string): Promise<Served> => {
  const values = Object.values(await importFile(file)).flat()
  const schedules = values.filter((it) => scheduleRule(it) === undefined) as ReadonlyArray<Schedule>
  const workflows = [
    ...values.filter(isWorkflow),
    ...schedules.map(({ workflow }) => workflow as unknown as SomeWorkflow)
  ]
  if (workflows.length === 0) {
    throw new Usage(`${file} exports neither workflows nor schedules: write \`export const … = workflow(…)\``)
  }
  await refuseOtherCopies(file, workflows)
  return { workflows, schedules }
}
