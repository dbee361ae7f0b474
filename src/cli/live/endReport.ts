/** What is said when a run has ended: the tree, the total, and for a failure one block that tells all that is needed next. Pure. */
import type { LogLine } from "../../journal/Journal.ts"
import { attemptText } from "../../run/retry.ts"
import type { Shell } from "../Shell.ts"
import type { ShownArtifact } from "../show/artifactsOf.ts"
import { flat, type NodeView, type RunView, works } from "../show/RunView.ts"
import type { FailedAttempt } from "../show/attemptsOf.ts"
import { treeLines } from "../show/runTree.ts"
import { table } from "../show/table.ts"
import { criticalPath } from "../show/timeline.ts"
import { bytes, span } from "../show/times.ts"
import { cut, oneLine } from "../show/width.ts"

/** What a report is made of besides the run. */
export interface Report {
  readonly shell: Shell
  readonly logs: (path: string) => ReadonlyArray<LogLine>
  /** The attempts of a node that failed. */
  readonly attempts: (path: string) => ReadonlyArray<FailedAttempt>
  readonly artifacts: ReadonlyArray<Pick<ShownArtifact, "folder" | "name" | "node" | "size">>
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
    ...criticalLine(run, report),
    `${paint.icon(run.phase)} ${run.name} ${paint.phase(run.phase)}${
      run.message === "" ? "" : `: ${oneLine(run.message)}`
    }${tail(run)}`
  ].join("\n")
}

const tail = (run: RunView): string => `  (${span(run.finishedAt - run.startedAt)}, ${run.done} of ${run.total} nodes)`

/** The chain of nodes that decided how long it took, where there is one. */
const criticalLine = (run: RunView, { shell: { columns, paint } }: Report): ReadonlyArray<string> => {
  const nodes = flat(run.nodes).filter((it) => works(it) && it.startedAt > 0 && it.finishedAt > 0)
  const names = new Map(nodes.map(({ name, path }) => [path, name]))
  const chain = criticalPath(nodes.map(({ finishedAt: to, path, startedAt: from }) => ({ path, from, to })))
  if (chain.length < 2) return []
  const path = chain.map((it) => names.get(it.path)).join(paint.utf8 ? " → " : " > ")
  return [cut(paint.dim(`Critical path: ${path}`), columns)]
}

const artifactLines = ({ artifacts, shell }: Report): ReadonlyArray<string> => {
  const sum = artifacts.reduce((total, { size = 0 }) => total + size, 0)
  const folder = artifacts.find((it) => it.folder !== undefined)?.folder
  if (artifacts.length === 0) return []
  const few = artifacts.slice(0, 5).map(({ name, node, size }) =>
    cut(`  ${name}  ${size === undefined ? "" : `${bytes(size)}  `}from ${node}`, shell.columns)
  )
  const rest = artifacts.length > 5 ? [`  … ${artifacts.length - 5} more`] : []
  const place = folder === undefined ? [] : [`Artifacts are in ${folder}`]
  return [`Artifacts: ${artifacts.length} (${bytes(sum)})`, ...few, ...rest, ...place]
}

const lastLines = 8

/** The node that made the run fail, what it said, and what to do next. */
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
  const tried = culprit.attempt > 1 ? ` (${attemptText(culprit.attempt, culprit.attempts)})` : ""
  return [
    cut(
      `${paint.phase(culprit.phase, `${culprit.phase}:`)} ${paint.bold(culprit.name)}${tried}: ${
        oneLine(culprit.message)
      }`,
      columns
    ),
    ...attemptLines(attemptsOf(run, culprit, report), culprit.attempts, columns),
    ...lines,
    ...(db === ":memory:" ? [] : next),
    ""
  ]
}

const mostAttempts = 10

/** What each attempt ended with, when there were several. */
const attemptLines = (
  attempts: ReadonlyArray<FailedAttempt>,
  bound: number,
  columns: number
): ReadonlyArray<string> => {
  if (attempts.length < 2) return []
  const shown = attempts.slice(-mostAttempts)
  const rows = shown.map(({ attempt, error, took }) => [`  ${attemptText(attempt, bound)}`, span(took), oneLine(error)])
  const left = attempts.length - shown.length
  return [...(left === 0 ? [] : [`  … ${left} attempts before`]), ...table(rows, columns)]
}

/** Attempts of manifests are nodes of their own beneath a Retry node. */
const attemptsOf = (run: RunView, culprit: NodeView, report: Report): ReadonlyArray<FailedAttempt> => {
  const siblings = triesWith(run, culprit)
  if (siblings.length === 0) return report.attempts(culprit.path)
  return siblings.map(({ attempt, finishedAt, message, startedAt }) => ({
    attempt,
    took: finishedAt - startedAt,
    error: message
  }))
}

const triesWith = (run: RunView, node: NodeView): ReadonlyArray<NodeView> => {
  const retry = everyNode(run).find(({ children, type }) => type === "Retry" && children.includes(node))
  return retry?.children.filter(({ attempt }) => attempt > 0) ?? []
}

const everyNode = (run: RunView): ReadonlyArray<NodeView> => flat([...run.nodes, ...run.handlers])

/** Down from the run by what failed: so no attempt that was tried again with success is blamed, and of those in vain the last one is. */
const culpritOf = ({ handlers, nodes }: RunView): NodeView | undefined => {
  let culprit = [...nodes, ...handlers].find(isBad)
  for (let at = culprit; at !== undefined; at = inside(at)) culprit = at
  return culprit
}

const inside = ({ children, type }: NodeView): NodeView | undefined =>
  type === "Retry" ? children.findLast(isBad) : children.find(isBad)

const isBad = ({ phase }: NodeView): boolean => phase === "Failed" || phase === "Error"
