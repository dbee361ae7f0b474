/** Commands on runs of manifests, with Argo's meaning where it differs from the engine's. */
import { atDoor } from "../../engine/Operator.ts"
import { admitResumption, admitRetry, admitSelector, type ManifestRetry } from "../document/admitted.ts"
import * as Effect from "effect/Effect"
import { command } from "../../engine/Operator.ts"
import type { Engine } from "../../engine/Operator.ts"
import { type CommandError, type InvalidInput, Refused } from "../../engine/Operator.ts"
import type { RetryRequest } from "../../engine/Operator.ts"
import { retry } from "../../engine/Operator.ts"
import { whenChanged } from "../../engine/Operator.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { isTerminal } from "../../run/Phase.ts"
import { daemonsAgain } from "./daemonsAgain.ts"
import { expandedAnew } from "./expandedAnew.ts"
import { parseSelector, type Selector } from "./selector.ts"
import type { Resumption } from "../bodies/suspend.ts"
import { type ManifestNode, viewRun } from "../view.ts"

export type { ManifestRetry } from "../document/admitted.ts"

/**
 * Lets a suspended run go on; suspend nodes that wait succeed, or
 * only the selected ones. Refused while one of them lacks a value.
 */
export const resumeManifest = (
  engine: Engine,
  id: string,
  selector?: string
): Effect.Effect<void, CommandError> => atDoor(() => resumed(engine, id, selector))

const resumed = (engine: Engine, id: string, selector: string | undefined): Effect.Effect<void, CommandError> =>
  Effect.gen(function* () {
    const nodes = yield* waiting(engine, id, selector)
    if (selector !== undefined && nodes.length === 0) return yield* Effect.fail(noneWaits(id, selector, "resume"))
    const lacking = nodes.find(({ asks = [] }) => asks.length > 0)
    if (lacking !== undefined) return yield* Effect.fail(lacks(id, lacking))
    if (selector === undefined && (yield* engine.host.journal.reads.findRun(id))?.suspended === true) {
      yield* command(engine, id, "resume")
    }
    for (const node of nodes) {
      yield* command(engine, id, "signal", { node: node.path, value: null })
    }
  })

const lacks = (run: string, { asks = [], displayName }: ManifestNode): Refused =>
  new Refused({
    run,
    verb: "resume",
    message: `Cannot resume run ${run}: output "${asks[0]}" of "${displayName}" has no value and no default; ` +
      `give it one with node set`
  })

/** Gives suspend nodes values, with which they go on waiting, or another end than success. Refused when none waits. */
export const setManifestNode = (
  engine: Engine,
  id: string,
  resumption: Omit<Resumption, "hold">,
  selector?: string
): Effect.Effect<void, CommandError> =>
  atDoor((): Effect.Effect<void, CommandError> => {
    const admitted = admitResumption(resumption)
    return Effect.flatMap(
      waiting(engine, id, selector),
      (nodes) =>
        nodes.length === 0
          ? Effect.fail(noneWaits(id, selector))
          : Effect.forEach(nodes, (node) => setOne(engine, id, node, admitted), { discard: true })
    )
  })

/**
 * Ends suspend nodes that wait as Failed, as Argo's `stop` does when it is given a selector. Refused when none waits.
 */
export const stopManifestNodes = (
  engine: Engine,
  id: string,
  selector: string,
  message = "stopped by hand"
): Effect.Effect<void, CommandError> => setManifestNode(engine, id, { phase: "Failed", message }, selector)

const noneWaits = (run: string, selector: string | undefined, verb: "resume" | "signal" = "signal"): Refused => {
  const which = selector === undefined ? "" : ` that matches ${selector}`
  return new Refused({ run, verb, message: `No suspend node of run ${run}${which} waits` })
}

const setOne = (
  engine: Engine,
  id: string,
  { path }: ManifestNode,
  resumption: Resumption
): Effect.Effect<void, CommandError> => {
  const given = { ...resumption, ...(resumption.phase === undefined ? { hold: true } : {}) }
  const signalled = command(engine, id, "signal", { node: path, value: JSON.parse(JSON.stringify(given)) })
  return Effect.andThen(signalled, given.hold === true ? waitsOn(engine, id, path) : Effect.void)
}

/**
 * Comes back once the node waits on, so that what is asked of
 * it next finds it waiting; at once when nobody executes it.
 */
const waitsOn = (engine: Engine, id: string, path: string): Effect.Effect<void, JournalError> => {
  const { reads } = engine.host.journal
  const look = (key: number): Effect.Effect<true | undefined, JournalError> =>
    Effect.gen(function* () {
      const owner = (yield* reads.getRun(key))?.owner ?? null
      if (owner === null || !(yield* reads.isAlive(owner))) return true
      const nodes = yield* reads.nodes(key)
      const waits = nodes.some((it) => it.waiting !== null && it.kind === "suspend" && it.path.startsWith(`${path}/`))
      return waits || isTerminal(nodes.find((it) => it.path === path)!.phase) ? true : undefined
    })
  return Effect.flatMap(reads.findRun(id), (row) =>
    row === undefined ? Effect.void : Effect.asVoid(
      whenChanged(engine, row.key, () => engine.closed ? Effect.succeed(true) : look(row.key))
    ))
}

const waiting = (
  engine: Engine,
  id: string,
  selector: string | undefined
): Effect.Effect<ReadonlyArray<ManifestNode>, JournalError> => {
  admitSelector(selector)
  const chosen: Selector = selector === undefined ? () => true : parseSelector(selector)
  return Effect.map(
    nodesOf(engine, id),
    (nodes) => nodes.filter((it) => it.type === "Suspend" && it.phase === "Running" && chosen(it))
  )
}

const nodesOf = (engine: Engine, id: string): Effect.Effect<ReadonlyArray<ManifestNode>, JournalError> =>
  Effect.map(viewRun(engine, id), (run) => run?.nodes ?? [])

/** Runs a failed run again from where it failed. */
export const retryManifest = (
  engine: Engine,
  id: string,
  given: ManifestRetry = {}
): Effect.Effect<void, CommandError | InvalidInput | JournalError> =>
  atDoor(() => {
    const request = admitRetry(given)
    return Effect.flatMap(manifestRetry(engine, id, request), (asked) => Effect.asVoid(retry(engine, id, asked)))
  })

/** What such a retry asks of the engine. */
export const manifestRetry = (
  engine: Engine,
  id: string,
  request: ManifestRetry
): Effect.Effect<RetryRequest, JournalError> =>
  Effect.gen(function* () {
    const { parameters, restartSuccessful, selector } = request
    const chosen = restartSuccessful === true && selector !== undefined
    const nodes = yield* nodesOf(engine, id)
    const anew = parameters === undefined || chosen ? [] : expandedAnew(nodes, nodes.filter(isBad))
    const again = chosen
      ? restarted(nodes, parseSelector(selector))
      : anew.length > 0
      ? anew.map(({ path }) => path)
      : yield* unconsumed(engine, id, nodes)
    const also = daemonsAgain(nodes, again)
    return {
      ...(also.length === 0 ? {} : { also }),
      ...(again === undefined ? {} : { nodes: again }),
      restartSuccessful: chosen || anew.length > 0,
      ...(parameters === undefined ? {} : { input: { parameters }, keepReaders: true })
    }
  })

/** Nodes that a memoized resubmission runs again although they succeeded. */
export const resubmittedAlso = (
  engine: Engine,
  id: string
): Effect.Effect<{ readonly also?: ReadonlyArray<string> }, JournalError> =>
  Effect.map(nodesOf(engine, id), (nodes) => {
    const also = daemonsAgain(nodes)
    return also.length === 0 ? {} : { also }
  })

/**
 * The selected nodes and all that came after them: what began
 * once they had ended, in the same steps or DAG or around it.
 */
const restarted = (nodes: ReadonlyArray<ManifestNode>, selector: Selector): ReadonlyArray<string> => {
  const first = nodes.filter(selector)
  const after = nodes.filter((node) =>
    first.some((it) =>
      it !== node && node.boundaryId === it.boundaryId && it.finishedAt !== "" && node.startedAt >= it.finishedAt
    )
  )
  return [...first, ...after].map(({ path }) => path)
}

/**
 * What is to be done again when a task that succeeded had asked for
 * the failure of another: everything bad but that; else no choice.
 */
const unconsumed = (
  engine: Engine,
  id: string,
  nodes: ReadonlyArray<ManifestNode>
): Effect.Effect<ReadonlyArray<string> | undefined, JournalError> =>
  Effect.gen(function* () {
    const succeeded = nodes.filter(({ phase }) => phase === "Succeeded")
    const consumed = nodes.filter((node) =>
      isBad(node) && succeeded.some(({ after }) => after?.includes(node.name) === true)
    )
    if (consumed.length === 0) return undefined
    const kept = (path: string): boolean =>
      consumed.some((node) => path === node.path || path.startsWith(`${node.path}/`))
    const { reads } = engine.host.journal
    const row = yield* reads.findRun(id)
    const rows = row === undefined ? [] : yield* reads.nodes(row.key)
    const again = rows.filter((it) => isBad(it) || it.phase === "Omitted").map(({ path }) => path)
    // What is chosen stands for all beneath it, so only what has nothing bad beneath is; what is around it follows.
    const lowest = again.filter((path) => !again.some((other) => other.startsWith(`${path}/`)))
    return lowest.filter((path) => !kept(path))
  })

const isBad = ({ phase }: { readonly phase: string }): boolean => phase === "Failed" || phase === "Error"
