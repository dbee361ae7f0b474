/**
 * What must hold of the file once all is over: every run has ended
 * as it may, nothing is left, and no output comes from the dead.
 */
import type { JournalShape } from "../../src/journal/Journal.ts"
import { answersOf } from "../journal/answers.ts"
import type { Recorded } from "../../mod.ts"
import { planOf } from "../../src/engine/life/plans.ts"
import { check } from "../../src/run/invariants.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"

/** What the runs show. */
export interface RunsVerdict {
  readonly violations: ReadonlyArray<string>
  readonly phases: Readonly<Record<string, number>>
}

/** Judges all runs of a file that nobody has open; `finished` are the executions that really ended. */
export const judgeRuns = (
  file: string,
  workflows: ReadonlyArray<AnyWorkflow>,
  finished: ReadonlySet<string>,
  expected: number
): RunsVerdict => {
  const journal = answersOf(openSqlite(file))
  try {
    const rows = answersOf(journal).listRuns({ limit: expected + 1000 })
    const phases: Record<string, number> = {}
    for (const { phase } of rows) phases[phase] = (phases[phase] ?? 0) + 1
    const violations = rows.flatMap((row) => {
      const events = answersOf(journal).events(row.key, 0)
      const ended = isTerminal(row.phase) ? [] : [`${row.id} is ${row.phase} at the end`]
      return [...ended, ...rules(journal, row.key, events, workflows), ...impossible(row.id, events, finished)]
    })
    const missing = rows.length < expected ? [`${rows.length} runs are in the file instead of ${expected}`] : []
    const left = answersOf(journal).permits().map(({ path, run }) => `a request of ${run} ${path} is left`)
    return { violations: [...missing, ...violations, ...left], phases }
  } finally {
    journal.close()
  }
}

const rules = (
  journal: JournalShape,
  key: number,
  events: ReadonlyArray<Recorded>,
  workflows: ReadonlyArray<AnyWorkflow>
): ReadonlyArray<string> => {
  const run = answersOf(journal).getRun(key)!
  const nodes = new Map(answersOf(journal).nodes(key).map((node) => [node.path, node]))
  const plan = planOf(workflows.find(({ name }) => name === run.workflow)!)
  return check({ events, rows: { run, nodes }, plan }).map((text) => `${run.id}: ${text}`)
}

/**
 * Ends that only a stop or a terminate excuses, and outputs of
 * executions that never ended, or ended after their process was fenced.
 */
const impossible = (
  run: string,
  events: ReadonlyArray<Recorded>,
  finished: ReadonlySet<string>
): ReadonlyArray<string> => {
  const isStopped = events.some(({ event }) => event.type === "RunStopping")
  return events.flatMap(({ event }) => {
    if (event.type !== "NodeFinished") return []
    const { ending, path } = event
    if (ending.phase === "Succeeded") {
      const token = ending.output
      return typeof token !== "string" || finished.has(token)
        ? []
        : [`${run} ${path} has the output of execution ${token}, which never ended or whose process was fenced`]
    }
    return isStopped ? [] : [`${run} ${path} ended ${ending.phase}: ${ending.message}`]
  })
}
