/** A whole run: the entry point, hooks, the exit handler, the verdict. */
import * as Effect from "effect/Effect"
import type { LiveNode, NodeSpec } from "../../engine/Interpreter.ts"
import { hook as hookPath, onExit as exitPath } from "../../run/path.ts"
import type { Hook } from "../document/Manifest.ts"
import { substitute, substituteAll } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { type Arguments, expressionHolds, noArguments, resolveArguments } from "../values/arguments.ts"
import { deadline } from "./deadline.ts"
import { exitHook, workflowArguments } from "./exits.ts"
import { runBody } from "./body.ts"
import { brokenNode, pathOf, type Place, resultOf, runAt, runHidden } from "./node.ts"
import { erroredBy, isBad, type NodeResult, statusOf, toEnd } from "../values/Result.ts"
import type { Session } from "./Session.ts"
import { toPermits } from "./permits.ts"
import { templateNode } from "./template.ts"

/** Runs a workflow beneath an open node; the result is the workflow's. */
export const runWorkflow = (session: Session, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    // The body only waits for its children, which hear of a stop themselves.
    live.onStop(() => {})
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
    const { spec } = session.parts
    const args = workflowArguments(session)
    const place = entryPlace(session, live)
    const main = runAt(place, withHooks(session, live, entryNode(session, place, args)))
    const result = yield* deadline(session, live, main)
    session.status = statusOf(result)
    const exit = exitHook(spec)
    if (exit === undefined) return result
    // What follows is spared by a stop.
    live.run.mainEnd ??= toEnd(result)
    const how = { variables: session.variables, now: session.parts.now }
    const named = exit.template?.includes("{{") === true ? { ...exit, template: substitute(exit.template, how) } : exit
    const at = handlerPlace(session, live, "exit")
    const ended = yield* runAt(at, handlerNode(session, at, named, args))
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

const entryNode = (session: Session, place: Place, args: Arguments): NodeSpec => {
  const { library, owner, spec } = session.parts
  const found = library.template(owner, spec.entrypoint ?? "")
  return found === undefined
    ? brokenNode(session, place, "", new BadArgument(`template name '${spec.entrypoint}' undefined`))
    : templateNode(session, place, found, args, session.variables, runBody)
}

/** The entry with the hooks of the workflow beside it. */
const withHooks = (session: Session, live: LiveNode, entry: NodeSpec): NodeSpec => {
  const hooks = Object.entries(session.parts.spec.hooks ?? {}).filter(([name]) => name !== "exit")
  if (hooks.length === 0) return entry
  return {
    ...entry,
    followers: (end) => {
      if (end !== undefined) session.status = statusOf(resultOf(live, entry, end))
      return hooks.map(([name, hook]) => {
        const at = handlerPlace(session, live, name)
        return {
          path: at.path,
          when: () => holds(session, hook),
          spec: () => handlerNode(session, at, hook, noArguments)
        }
      })
    }
  }
}

/** A condition that cannot be asked does not hold. */
const holds = (session: Session, { expression = "false" }: Hook): boolean => {
  try {
    return expressionHolds(expression, { variables: session.variables, now: session.parts.now })
  } catch {
    return false
  }
}

const handlerPlace = (session: Session, live: LiveNode, name: string): Place => {
  const { path } = entryPlace(session, live)
  const handler = name === "exit" ? "exit" : "hook"
  const own = handler === "exit" ? "onExit" : `hooks.${name}`
  const at = handler === "exit" ? exitPath(path) : hookPath(path, name)
  return { live, path: at, name: `${session.parts.name}.${own}`, boundary: "", handler, depth: 0 }
}

const handlerNode = (session: Session, at: Place, hook: Hook, otherwise: Arguments): NodeSpec => {
  const { library, now, owner, source, stores } = session.parts
  try {
    const found = library.called(owner, hook) ?? library.called(source, hook)
    if (found === undefined) throw new BadArgument(`template name '${hook.template}' undefined`)
    const args = hook.arguments === undefined
      ? otherwise
      : resolveArguments(hook.arguments, { variables: session.variables, now }, () => false, stores)
    return templateNode(session, at, found, args, session.variables, runBody)
  } catch (error) {
    return brokenNode(session, at, hook.template ?? "", error)
  }
}
