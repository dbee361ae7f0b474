/** Lifecycle hooks and exit handlers of steps and tasks: what follows their nodes. */
import type { Follower, NodeSpec } from "../../engine/Interpreter.ts"
import type { Found } from "../document/Library.ts"
import type { Hook } from "../document/Manifest.ts"
import { hook as hookPath, onExit as exitPath } from "../../run/path.ts"
import { exitHook, workflowArguments } from "./exits.ts"
import { expressionHolds, noArguments, resolveArguments } from "../values/arguments.ts"
import type { CallSite } from "./CallSite.ts"
import { nodeId } from "./naming.ts"
import { brokenNode, type Place, resultOf } from "./node.ts"
import type { NodeResult } from "../values/Result.ts"
import { resultVariables } from "../values/results.ts"
import { templateNode } from "./template.ts"

/** A node with its hooks beside it and its exit handler after it. */
export const followed = (site: CallSite, place: Place, found: Found, node: NodeSpec): NodeSpec => {
  const hooks = Object.entries(site.call.hooks ?? {}).filter(([name]) => name !== "exit")
  const exit = exitHook(site.call)
  if (hooks.length === 0 && exit === undefined) return node
  return {
    ...node,
    followers: (end) => {
      const result = end === undefined ? running(site) : resultOf(place.live, node, end)
      const called = { site, found, result }
      const beside = hooks.map(([name, hook]) => {
        const at: Place = {
          ...place,
          path: hookPath(place.path, name),
          name: `${place.name}.hooks.${name}`,
          handler: "hook"
        }
        return follower(called, at, hook, hook.expression ?? "false")
      })
      if (exit === undefined || end === undefined) return beside
      const at: Place = {
        ...place,
        path: exitPath(place.path),
        name: `${place.name}.onExit`,
        handler: "exit",
        after: []
      }
      return [...beside, follower(called, at, exit, exit.expression)]
    }
  }
}

/** A node that has begun, as its hooks see it. */
const running = ({ frame }: CallSite): NodeResult => ({
  phase: "Running" as never,
  startedAt: frame.session.parts.now()
})

/** A call as what follows it sees it. */
interface Called {
  readonly site: CallSite
  readonly found: Found
  readonly result: NodeResult
}

/** What follows when an expression holds; without one in any case; as a node that says so when it cannot be asked. */
const follower = (called: Called, at: Place, hook: Hook, expression: string | undefined): Follower => {
  const { session } = called.site.frame
  const how = { variables: known(called, at), now: session.parts.now }
  try {
    const isTrue = expression === undefined || expressionHolds(expression, how)
    return { path: at.path, when: () => isTrue, spec: () => hookNode(called, at, hook) }
  } catch (error) {
    return { path: at.path, when: () => true, spec: () => brokenNode(session, at, hook.template ?? "", error) }
  }
}

const known = ({ found, result, site }: Called, { name }: Place) =>
  site.variables.with(
    resultVariables(
      `${site.kind}.${site.call.name}`,
      { result, id: nodeId(site.frame.session.parts.name, name) },
      found.template
    )
  )

const hookNode = (called: Called, at: Place, hook: Hook): NodeSpec => {
  const { body, frame: { owner, session } } = called.site
  try {
    const callee = session.parts.library.called(owner, hook)
    if (callee === undefined) throw new Error(`template name '${hook.template}' undefined`)
    const how = { variables: known(called, at), now: session.parts.now }
    const args = isEmpty(hook.arguments)
      ? at.handler === "exit" ? workflowArguments(session) : noArguments
      : resolveArguments(hook.arguments, how, () => false, session.parts.stores)
    return templateNode(session, at, callee, args, session.variables, body)
  } catch (error) {
    return brokenNode(session, at, hook.template ?? "", error)
  }
}

const isEmpty = (given: Hook["arguments"]): boolean =>
  (given?.parameters ?? []).length === 0 && (given?.artifacts ?? []).length === 0
