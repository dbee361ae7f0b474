/** `pinnace why`. */
import type { Why } from "../../engine/observe/why.ts"
import { isFailure } from "../../run/Phase.ts"
import { attemptText } from "../../run/retry.ts"
import { findNode } from "../arguments/findNode.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { tellFailures } from "../running/tellFailures.ts"
import { holderNames } from "../show/holderNames.ts"
import { byPath, everyNode, type NodeView, type RunView } from "../../view/RunView.ts"
import { plainWords } from "../../view/runHead.ts"
import { askedOf, nextOf, tellAnswers, tellStuck } from "../show/stuck.ts"
import { viewOf } from "../arguments/rows.ts"
import { withView } from "../arguments/state.ts"
import type { Shell } from "../Shell.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const why = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name, node], shell } = call
    if (name === undefined) return tellStuck(call, pinnace, outputOf(call, formats))
    const run = findRun(pinnace, name)
    const view = await viewOf(pinnace, run)
    const told = telling(run.why(node === undefined ? undefined : pathOf(node, view)), view)
    const named = await holderNames(pinnace, told.map(({ because }) => because))
    const resume = nextOf(shell, run)
    const causes = told.map((it) => ({ ...it, because: named(inOurWords(it, view, resume)) }))
    if (outputOf(call, formats) === "json") return tellData(shell, causes)
    if (causes.length === 0) shell.print(`${run.id}: nothing is waiting`)
    else for (const { because, name } of causes) shell.print(`${shell.paint.bold(name)}: ${because}`)
    if (isFailure(run.status().phase) && node === undefined) tellFailures(shell, view)
    await tellAnswers(call, pinnace, run.id, causes.map(({ path }) => path))
    return 0
  })

const tellData = (shell: Shell, causes: ReadonlyArray<Cause>): number => {
  shell.print(JSON.stringify(causes, null, 2))
  return 0
}

/** What the engine says to apps, for who has the command. */
const inOurWords = ({ because, kind }: Why, { isManifest }: RunView, resume: string): string => {
  if (kind === "unowned") return `no process executes it: go on with \`${resume}\``
  return isManifest && kind === "unknown" ? "it has not begun, or no node has this name" : because
}

interface Cause extends Why {
  readonly name: string
}

/** Each cause once, by the name of its node; what only holds others is told of where it waits itself. */
const telling = (causes: ReadonlyArray<Why>, view: RunView): ReadonlyArray<Cause> => {
  const nodes = byPath(everyNode(view))
  const nodeAt = (path: string): NodeView | undefined => nodes.get(path)
  const all = [...new Map(causes.map((it) => [`${it.path}\n${it.because}`, it])).values()]
  const paths = all.map(({ path }) => path)
  return all.filter(({ kind, path }) => kind !== "running" || !holdsOneOf(path, paths))
    .map((it) => ({
      ...it,
      name: it.path === "" ? view.id : nodeAt(it.path)?.name ?? it.path,
      because: plainWords(ofAttempts(it, nodeAt(it.path)))
    }))
}

/** Attempts of manifests are nodes of their own, each of which the engine runs once. */
const ofAttempts = ({ because, kind }: Why, node: NodeView | undefined): string => {
  if (node === undefined) return because
  if (kind !== "running") return askedOf(node, because)
  const last = node.children.at(-1)
  if (node.type === "Retry" && node.waiting === "Retry" && last !== undefined) {
    return `it waits to be tried again after ${last.message || last.phase}: ${
      attemptText(last.attempt, last.attempts)
    } is over`
  }
  return node.attempt > 0 ? `it is running (${attemptText(node.attempt, node.attempts)})` : because
}

const holdsOneOf = (path: string, paths: ReadonlyArray<string>): boolean =>
  paths.some((it) => it.startsWith(`${path}/`) || it.startsWith(`${path}[`) || it.startsWith(`${path}#`))

/** A node that has not begun is in no view, and may still be asked for by its path. */
const pathOf = (text: string, view: RunView): string => {
  try {
    return findNode(view, text).path
  } catch {
    return text
  }
}

/** The verb. */
export const verb: Verb = {
  usage: "[RUN [NODE]]",
  about:
    "Says why a run, or one of its nodes, is not running: what it waits for, who holds the permit it wants, when it is retried. " +
    "Without RUN: everything in the state file that does not move, each with what to do.",
  takes: [0, 2],
  options: { output: outputOption(formats) },
  examples: [
    ["why", "everything that does not move"],
    ["why @latest", "what the newest run waits for"],
    ["why @latest publish", "what one node waits for"]
  ],
  run: why
}
