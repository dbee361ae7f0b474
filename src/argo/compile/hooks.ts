/** Lifecycle hooks and exit handlers of steps and tasks. */
import * as Effect from "effect/Effect"
import type { Found } from "../document/Library.ts"
import type { Hook } from "../document/Manifest.ts"
import { hook as hookPath, onExit as exitPath } from "../../run/path.ts"
import { exitHook, workflowArguments } from "./exits.ts"
import { expressionHolds, noArguments, resolveArguments } from "../values/arguments.ts"
import type { CallSite } from "./CallSite.ts"
import { nodeId } from "./naming.ts"
import type { Place } from "./node.ts"
import type { NodeResult } from "../values/Result.ts"
import { resultVariables } from "../values/results.ts"
import { brokenNode, runTemplate } from "./template.ts"

/** Runs a node with its hooks beside it and its exit handler after it; all have ended when it has. */
export const withHooks = (
  site: CallSite,
  place: Place,
  found: Found,
  node: Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> => {
  const hooks = Object.entries(site.call.hooks ?? {}).filter(([name]) => name !== "exit")
  const exit = exitHook(site.call)
  if (hooks.length === 0 && exit === undefined) return node
  return Effect.gen(function* () {
    const fired = new Set<string>()
    const started: NodeResult = { phase: "Running" as never, startedAt: site.frame.session.parts.now() }
    const beside = fire(site, place, found, hooks, started, fired)
    const [result] = yield* Effect.all([node, beside], { concurrency: "unbounded" })
    yield* fire(site, place, found, hooks, result, fired)
    if (exit !== undefined && completed(result)) yield* runExit(site, place, found, exit, result)
    return result
  })
}

const completed = ({ phase }: NodeResult): boolean => phase === "Succeeded" || phase === "Failed" || phase === "Error"

/** Runs the hooks whose expression holds and that did not run yet. */
const fire = (
  site: CallSite,
  place: Place,
  found: Found,
  hooks: ReadonlyArray<readonly [string, Hook]>,
  result: NodeResult,
  fired: Set<string>
): Effect.Effect<void> =>
  Effect.forEach(hooks, ([name, hook]) =>
    Effect.suspend(() => {
      if (fired.has(name)) return Effect.void
      const at = {
        ...place,
        path: hookPath(place.path, name),
        name: `${place.name}.hooks.${name}`,
        handler: "hook"
      } as const
      try {
        if (
          !expressionHolds(hook.expression ?? "false", {
            variables: known(site, place, found, result),
            now: site.frame.session.parts.now
          })
        ) {
          return Effect.void
        }
      } catch (error) {
        fired.add(name)
        return Effect.asVoid(brokenNode(site.frame.session, at, hook.template ?? "", error))
      }
      fired.add(name)
      return Effect.asVoid(runHook(site, at, hook, result, found))
    }), { concurrency: "unbounded", discard: true })

const runExit = (site: CallSite, place: Place, found: Found, hook: Hook, result: NodeResult): Effect.Effect<void> =>
  Effect.suspend(() => {
    const how = { variables: known(site, place, found, result), now: site.frame.session.parts.now }
    const at = {
      ...place,
      path: exitPath(place.path),
      name: `${place.name}.onExit`,
      handler: "exit",
      after: []
    } as const
    try {
      if (hook.expression !== undefined && !expressionHolds(hook.expression, how)) return Effect.void
    } catch (error) {
      return Effect.asVoid(brokenNode(site.frame.session, at, hook.template ?? "", error))
    }
    return Effect.asVoid(runHook(site, at, hook, result, found))
  })

const known = (site: CallSite, place: Place, found: Found, result: NodeResult) =>
  site.variables.with(
    resultVariables(
      `${site.kind}.${site.call.name}`,
      { result, id: nodeId(site.frame.session.parts.name, place.name) },
      found.template
    )
  )

const runHook = (
  site: CallSite,
  at: Place,
  hook: Hook,
  result: NodeResult,
  found: Found
): Effect.Effect<NodeResult> => {
  const { session, owner } = site.frame
  try {
    const callee = session.parts.library.called(owner, hook)
    if (callee === undefined) {
      return brokenNode(session, at, hook.template ?? "", new Error(`template name '${hook.template}' undefined`))
    }
    const how = { variables: known(site, at, found, result), now: session.parts.now }
    const args = isEmpty(hook.arguments)
      ? at.handler === "exit" ? workflowArguments(session) : noArguments
      : resolveArguments(hook.arguments, how, () => false, session.parts.stores)
    return site.boundary.pass(runTemplate(session, at, callee, args, session.variables, site.body))
  } catch (error) {
    return brokenNode(session, at, hook.template ?? "", error)
  }
}

const isEmpty = (given: Hook["arguments"]): boolean =>
  (given?.parameters ?? []).length === 0 && (given?.artifacts ?? []).length === 0
