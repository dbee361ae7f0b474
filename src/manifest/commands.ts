/** Commands on runs of manifests, with Argo's meaning where it differs from the engine's. */
import * as Effect from "effect/Effect"
import { command } from "../engine/control/command.ts"
import type { Engine } from "../engine/Engine.ts"
import type { InvalidInput, Refused, RunNotFound } from "../engine/EngineError.ts"
import { retry } from "../engine/life/retry.ts"
import type { JournalError } from "../journal/JournalError.ts"
import { parseSelector, type Selector } from "./selector.ts"
import type { Resumption } from "./run/suspended.ts"
import { type ManifestNode, viewRun } from "./view.ts"

/** What a retry is asked for. */
export interface ManifestRetry {
  /** `displayName=b,phase!=Error`: which nodes. Default every failure. */
  readonly selector?: string
  /** Also run selected nodes again that succeeded, and all that came after them. Default false. */
  readonly restartSuccessful?: boolean
  /** Other values for workflow parameters. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** Lets a suspended run go on; suspend nodes that wait, or the selected ones, succeed. */
export const resumeManifest = (
  engine: Engine,
  id: string,
  selector?: string
): Effect.Effect<void, Refused | RunNotFound> =>
  Effect.gen(function* () {
    if (engine.host.journal.findRun(id)?.suspended === true) yield* command(engine, id, "resume")
    for (const node of waiting(engine, id, selector)) {
      yield* command(engine, id, "signal", { node: node.path, value: null })
    }
  })

/** Gives suspend nodes values, or another end than success. */
export const setManifestNode = (
  engine: Engine,
  id: string,
  resumption: Resumption,
  selector?: string
): Effect.Effect<void, Refused | RunNotFound> =>
  Effect.forEach(
    waiting(engine, id, selector),
    (node) => command(engine, id, "signal", { node: node.path, value: JSON.parse(JSON.stringify(resumption)) }),
    { discard: true }
  )

const waiting = (engine: Engine, id: string, selector: string | undefined): ReadonlyArray<ManifestNode> => {
  const chosen: Selector = selector === undefined ? () => true : parseSelector(selector)
  return (viewRun(engine, id)?.nodes ?? []).filter((it) =>
    it.type === "Suspend" && it.phase === "Running" && chosen(it)
  )
}

/** Runs a failed run again from where it failed. */
export const retryManifest = (
  engine: Engine,
  id: string,
  request: ManifestRetry = {}
): Effect.Effect<void, Refused | RunNotFound | InvalidInput | JournalError> =>
  Effect.suspend(() => {
    const { parameters, restartSuccessful, selector } = request
    const chosen = restartSuccessful === true && selector !== undefined
    const nodes = chosen ? restarted(engine, id, parseSelector(selector)) : unconsumed(engine, id)
    return Effect.asVoid(retry(engine, id, {
      ...(nodes === undefined ? {} : { nodes }),
      restartSuccessful: chosen,
      ...(parameters === undefined ? {} : { input: { parameters }, keepReaders: true })
    }))
  })

/** The selected nodes and all that came after them: what began once they had ended, in the same steps or DAG or around it. */
const restarted = (engine: Engine, id: string, selector: Selector): ReadonlyArray<string> => {
  const nodes = viewRun(engine, id)?.nodes ?? []
  const first = nodes.filter(selector)
  const after = nodes.filter((node) =>
    first.some((it) =>
      it !== node && node.boundaryId === it.boundaryId && it.finishedAt !== "" && node.startedAt >= it.finishedAt
    )
  )
  return [...first, ...after].map(({ path }) => path)
}

/** What is to be done again when a task that succeeded had asked for the failure of another: everything bad but that; else no choice. */
const unconsumed = (engine: Engine, id: string): ReadonlyArray<string> | undefined => {
  const nodes = viewRun(engine, id)?.nodes ?? []
  const succeeded = nodes.filter(({ phase }) => phase === "Succeeded")
  const consumed = nodes.filter((node) =>
    isBad(node) && succeeded.some(({ after }) => after?.includes(node.name) === true)
  )
  if (consumed.length === 0) return undefined
  const kept = (path: string): boolean =>
    consumed.some((node) => path === node.path || path.startsWith(`${node.path}/`))
  const row = engine.host.journal.findRun(id)
  const rows = row === undefined ? [] : engine.host.journal.nodes(row.key)
  const again = rows.filter((it) => isBad(it) || it.phase === "Omitted").map(({ path }) => path)
  // What is chosen stands for all beneath it, so only what has nothing bad beneath is; what is around it follows.
  const lowest = again.filter((path) => !again.some((other) => other.startsWith(`${path}/`)))
  return lowest.filter((path) => !kept(path))
}

const isBad = ({ phase }: { readonly phase: string }): boolean => phase === "Failed" || phase === "Error"
