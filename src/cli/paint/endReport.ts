/**
 * What is said when a run has ended: the tree, the total, and for
 * a failure one block that tells all that is needed next. Pure.
 */
import type { LogLine } from "../../journal/Journal.ts"
import { attemptText } from "../../run/retry.ts"
import type { Shell } from "../Shell.ts"
import type { ShownArtifact } from "../running/artifactsOf.ts"
import { placeOf } from "./placeOf.ts"
import { failedLeaves } from "../../view/failures.ts"
import { byPath, everyNode, flat, type NodeView, type RunView, works } from "../../view/RunView.ts"
import type { Vertex } from "../../view/edges.ts"
import type { FailedAttempt } from "../../view/attemptsOf.ts"
import { treeLines } from "./runTree.ts"
import { table } from "./table.ts"
import { counted } from "./counted.ts"
import { criticalPath, stepsOf } from "../../view/critical.ts"
import { bytes } from "./times.ts"
import { span } from "../../run/instant.ts"
import { cut, oneLine } from "./width.ts"

/** What a report is made of besides the run. */
export interface Report {
  readonly shell: Shell
  readonly logs: (path: string) => ReadonlyArray<LogLine>
  /** What all nodes have logged. */
  readonly printed: () => ReadonlyArray<LogLine>
  /** Whether all of that is shown, however much it is. */
  readonly printsAll: boolean
  /** The attempts of a node that failed. */
  readonly attempts: (path: string) => ReadonlyArray<FailedAttempt>
  readonly artifacts: ReadonlyArray<Pick<ShownArtifact, "folder" | "name" | "node" | "size">>
  /** What depends on what by its plan; nothing where that is not known. */
  readonly planned: ReadonlyArray<Vertex>
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
    ...printedLines(run, report),
    ...run.outputs.map(([name, value]) => cut(`  ${name === "" ? "output" : name} = ${oneLine(value)}`, columns)),
    ...artifactLines(report),
    ...criticalLine(run, report),
    `${paint.icon(run.phase)} ${run.name} ${paint.phase(run.phase)}${
      run.message === "" ? "" : `: ${oneLine(run.message)}`
    }${tail(run)}`
  ].join("\n")
}

const tail = (run: RunView): string =>
  `  (${span(run.finishedAt - run.startedAt)}, ${run.done} of ${counted(run.total, "node")})`

/** What a run that succeeded has printed: all of it if that is asked for, else only if it is little. */
const printedLines = (run: RunView, { printed, printsAll, shell }: Report): ReadonlyArray<string> => {
  const lines = printed()
  if (!printsAll && run.phase !== "Succeeded") return []
  if (!printsAll && lines.length > fewLines) {
    const { db, dbOption, paint, program } = shell
    return [
      paint.dim(`${lines.length} lines were logged${db === ":memory:" ? "" : `: ${program} logs ${run.id}${dbOption}`}`)
    ]
  }
  const nodes = byPath(everyNode(run))
  const nameAt = (path: string): string => nodes.get(path)?.name ?? path
  return lines.map(({ path, text }) => `${shell.paint.dim(`${nameAt(path)}:`)} ${text}`)
}

const fewLines = 20

/** The chain of nodes that decided how long it took, where there is one; what a retry kept took no part in that. */
const criticalLine = (run: RunView, { planned, shell: { columns, paint } }: Report): ReadonlyArray<string> => {
  const took = ({ finishedAt, startedAt }: NodeView) => startedAt > 0 && finishedAt > 0 && finishedAt >= run.startedAt
  const names = new Map(flat(run.nodes).map(({ name, path }) => [path, name]))
  const spanOf = (node: NodeView) =>
    works(node) && took(node) ? { from: node.startedAt, to: node.finishedAt } : undefined
  const chain = criticalPath(stepsOf({ ...run, handlers: [] }, planned, spanOf))
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
const mostFailures = 10

/** The nodes that made the run fail, what each said, and what to do next. */
const failureBlock = (run: RunView, report: Report): ReadonlyArray<string> => {
  if (run.phase !== "Failed" && run.phase !== "Error") return []
  const { paint, program, db, dbOption: option } = report.shell
  const leaves = failedLeaves(run)
  const more = leaves.length - mostFailures
  const next = [
    ...(more > 0
      ? [paint.dim(`  … ${counted(more, "more node")} failed: ${program} get ${run.id}${option} -o wide`)]
      : []),
    paint.dim(`  ${program} retry ${run.id}${option}      run the failed part again`),
    paint.dim(`  ${program} logs ${run.id}${option}       everything that was logged`)
  ]
  const told = leaves.slice(0, mostFailures).flatMap((it) => failureLines(run, it, report))
  return [...told, ...(db === ":memory:" ? [] : next), ...(leaves.length === 0 ? [] : [""])]
}

/**
 * One node that failed: what it said, where in the author's code, what its attempts came to, and what it logged last.
 */
const failureLines = (run: RunView, culprit: NodeView, report: Report): ReadonlyArray<string> => {
  const { columns, paint } = report.shell
  const tried = culprit.attempt > 1 ? ` (${attemptText(culprit.attempt, culprit.attempts)})` : ""
  const title = `${paint.phase(culprit.phase, `${culprit.phase}:`)} ${paint.bold(culprit.name)}${tried}`
  const place = placeOf(culprit.error)
  return [
    cut(`${title}: ${oneLine(culprit.message)}`, columns),
    ...(place === "" ? [] : [cut(`  ${paint.dim("at")} ${place}`, columns)]),
    ...attemptLines(attemptsOf(run, culprit, report), culprit.attempts, columns),
    ...report.logs(culprit.path).slice(-lastLines).map(({ text }) =>
      cut(`  ${paint.dim("|")} ${oneLine(text)}`, columns)
    )
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
  return [...(left === 0 ? [] : [`  … ${counted(left, "attempt")} before`]), ...table(rows, columns)]
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
