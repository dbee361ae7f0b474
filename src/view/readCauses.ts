/** Why a run or node waits, by the names that people know. */
import * as Effect from "effect/Effect"
import type { Why } from "../engine/observe/why.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { attemptText } from "../run/retry.ts"
import { holderNames } from "./holderNames.ts"
import { askedOf } from "./readStuck.ts"
import { plainWords } from "./runHead.ts"
import type { RunSource } from "./RunSource.ts"
import { byPath, everyNode, type NodeView, type RunView } from "./RunView.ts"

/** Why something waits, by the name of its node. */
export interface Cause extends Why {
  readonly name: string
}

/** What the engine tells of a run, with the names of its nodes and of those that hold what it waits for. */
export const namedCauses = (
  source: RunSource,
  run: RunView,
  causes: ReadonlyArray<Why>
): Effect.Effect<ReadonlyArray<Cause>, JournalError> => {
  const told = telling(causes, run)
  return Effect.map(
    holderNames(source, told.map(({ because }) => because)),
    (named) => told.map((it) => ({ ...it, because: named(it.because) }))
  )
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
