/** What is said when a run has ended: the tree, the total, and for a failure one block that tells all that is needed next. Pure. */
import type { LogLine } from "../../journal/Journal.ts"
import type { ArtifactRow } from "../../run/ArtifactRow.ts"
import type { Shell } from "../Shell.ts"
import { flat, type NodeView, type RunView, works } from "../show/RunView.ts"
import { treeLines } from "../show/runTree.ts"
import { bytes, span } from "../show/times.ts"
import { cut, oneLine } from "../show/width.ts"

/** What a report is made of besides the run. */
export interface Report {
  readonly shell: Shell
  readonly logs: (path: string) => ReadonlyArray<LogLine>
  readonly artifacts: ReadonlyArray<ArtifactRow>
  /** Whether the tree is part of it. */
  readonly tree: boolean
}

/** The report as text. */
export const endReport = (run: RunView, report: Report): string => {
  const { columns, paint } = report.shell
  const look = { paint, now: run.finishedAt, columns }
  return [
    ...(report.tree ? [...treeLines(run, look), ""] : []),
    ...failureBlock(run, report),
    ...run.outputs.map(([name, value]) => cut(`  ${name === "" ? "output" : name} = ${oneLine(value)}`, columns)),
    ...artifactLines(report),
    `${paint.icon(run.phase)} ${run.name} ${paint.phase(run.phase)}${
      run.message === "" ? "" : `: ${oneLine(run.message)}`
    }${tail(run)}`
  ].join("\n")
}

const tail = (run: RunView): string => `  (${span(run.finishedAt - run.startedAt)}, ${run.done} of ${run.total} nodes)`

const artifactLines = ({ artifacts, shell }: Report): ReadonlyArray<string> => {
  const sum = artifacts.reduce((total, { size }) => total + size, 0)
  if (artifacts.length === 0) return []
  const few = artifacts.slice(0, 5).map(({ name, path, size }) =>
    cut(`  ${name}  ${bytes(size)}  from ${path}`, shell.columns)
  )
  const rest = artifacts.length > 5 ? [`  … ${artifacts.length - 5} more`] : []
  return [`Artifacts: ${artifacts.length} (${bytes(sum)})`, ...few, ...rest]
}

const lastLines = 8

/** The first node that failed by itself, what it said, and what to do next. */
const failureBlock = (run: RunView, report: Report): ReadonlyArray<string> => {
  if (run.phase !== "Failed" && run.phase !== "Error") return []
  const { paint, program, db, dbOption: option, columns } = report.shell
  const culprit = culpritOf(run)
  const next = [
    paint.dim(`  ${program} retry ${run.id}${option}      run the failed part again`),
    paint.dim(`  ${program} logs ${run.id}${option}       everything that was logged`)
  ]
  if (culprit === undefined) return db === ":memory:" ? [] : next
  const lines = report.logs(culprit.path).slice(-lastLines).map(({ text }) =>
    cut(`  ${paint.dim("|")} ${oneLine(text)}`, columns)
  )
  const tried = culprit.attempt > 1 ? ` (attempt ${culprit.attempt})` : ""
  return [
    cut(
      `${paint.phase(culprit.phase, `${culprit.phase}:`)} ${paint.bold(culprit.name)}${tried}: ${
        oneLine(culprit.message)
      }`,
      columns
    ),
    ...lines,
    ...(db === ":memory:" ? [] : next),
    ""
  ]
}

const culpritOf = (run: RunView): NodeView | undefined => {
  const failed = flat([...run.nodes, ...run.handlers]).filter(({ phase }) => phase === "Failed" || phase === "Error")
  return failed.find(works) ?? failed.at(-1)
}
