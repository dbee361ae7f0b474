/** A whole run: the entry point, hooks, the exit handler, the verdict. */
import * as Effect from "effect/Effect"
import type { LiveNode, NodeSpec } from "../../engine/Interpreter.ts"
import { hook as hookPath, onExit as exitPath } from "../../run/path.ts"
import type { Found } from "../document/Library.ts"
import type { Hook } from "../document/Manifest.ts"
import { substitute, substituteAll } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { type Arguments, expressionHolds, resolveArguments } from "../values/arguments.ts"
import { deadline } from "./deadline.ts"
import { exitHook, workflowArguments } from "./exits.ts"
import { runBody } from "./body.ts"
import { brokenNode, pathOf, type Place, runAt, runHidden } from "./node.ts"
import { erroredBy, isBad, type NodeResult, toEnd } from "../values/Result.ts"
import type { Session } from "./Session.ts"
import { toPermits } from "./permits.ts"
import { templateNode } from "./template.ts"

/** Runs a workflow beneath an open node; the result is the workflow's. */
export const runWorkflow = (session: Session, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    // The body only waits for its children, which hear of a stop themselves.
    live.onStop = () => {}
    live.releaseSlot()
    const how = { variables: session.variables, now: session.parts.now }
    const { synchronization } = session.parts.spec
    try {
      const permits = synchronization === undefined
        ? undefined
        : toPermits(substituteAll(synchronization, how), session)
      if (permits === undefined) return inside(session, live)
      return runHidden(session, live, { as: "composite", permits }, "Steps", (own) => inside(session, own))
    } catch (error) {
      return Effect.succeed(erroredBy(error))
    }
  })

const inside = (session: Session, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const { source, spec } = session.parts
    const fired = new Set<string>()
    const args = workflowArguments(session)
    const main = entry(session, live, args)
    const [result] = yield* Effect.all([deadline(session, live, main), fireHooks(session, live, fired)], {
      concurrency: "unbounded"
    })
    session.status = result.phase === "Skipped" || result.phase === "Omitted" ? "Succeeded" : result.phase
    yield* fireHooks(session, live, fired)
    const exit = exitHook(spec)
    if (exit === undefined) return result
    const how = { variables: session.variables, now: session.parts.now }
    const found = exit.template?.includes("{{") === true ? { ...exit, template: substitute(exit.template, how) } : exit
    const callee = session.parts.library.called(session.parts.owner, found) ??
      session.parts.library.called(source, found)
    // What follows is spared by a stop.
    live.run.mainEnd ??= toEnd(result)
    const ended = yield* handler(session, live, "exit", `${session.parts.name}.onExit`, callee, exit, args)
    return isBad(ended) && !isBad(result) ? ended : result
  })

const entryPlace = (session: Session, live: LiveNode): Place => ({
  live,
  path: pathOf(live, "entry"),
  name: session.parts.name,
  boundary: "",
  handler: undefined,
  depth: 0
})

const entry = (session: Session, live: LiveNode, args: Arguments): Effect.Effect<NodeResult> => {
  const place = entryPlace(session, live)
  const { library, owner, spec } = session.parts
  const found = library.template(owner, spec.entrypoint ?? "")
  if (found === undefined) {
    return runAt(place, brokenNode(session, place, "", new BadArgument(`template name '${spec.entrypoint}' undefined`)))
  }
  return runAt(place, templateNode(session, place, found, args, session.variables, runBody))
}

const fireHooks = (session: Session, live: LiveNode, fired: Set<string>): Effect.Effect<void> =>
  Effect.forEach(Object.entries(session.parts.spec.hooks ?? {}), ([name, hook]) =>
    Effect.suspend(() => {
      if (name === "exit" || fired.has(name)) return Effect.void
      const how = { variables: session.variables, now: session.parts.now }
      try {
        if (!expressionHolds(hook.expression ?? "false", how)) return Effect.void
      } catch {
        return Effect.void
      }
      fired.add(name)
      const callee = session.parts.library.called(session.parts.owner, hook) ??
        session.parts.library.called(session.parts.source, hook)
      return Effect.asVoid(handler(session, live, name, `${session.parts.name}.hooks.${name}`, callee, hook, undefined))
    }), { concurrency: "unbounded", discard: true })

const handler = (
  session: Session,
  live: LiveNode,
  hookName: string,
  name: string,
  found: Found | undefined,
  hook: Hook,
  fallback: Arguments | undefined
): Effect.Effect<NodeResult> => {
  const { path } = entryPlace(session, live)
  const at = hookName === "exit" ? exitPath(path) : hookPath(path, hookName)
  const place: Place = { live, path: at, name, boundary: "", handler: hookName === "exit" ? "exit" : "hook", depth: 0 }
  const how = { variables: session.variables, now: session.parts.now }
  const node = (): NodeSpec => {
    try {
      if (found === undefined) throw new BadArgument(`template name '${hook.template}' undefined`)
      const given = hook.arguments === undefined
        ? fallback
        : resolveArguments(hook.arguments, how, () => false, session.parts.stores)
      const args = given ?? { parameters: new Map(), artifacts: new Map() }
      return templateNode(session, place, found, args, session.variables, runBody)
    } catch (error) {
      return brokenNode(session, place, hook.template ?? "", error)
    }
  }
  return runAt(place, node())
}
