/** Steps: groups one after the other, the steps of a group side by side. */
import * as Effect from "effect/Effect"
import { type LiveNode, pathOf } from "../../engine/Interpreter.ts"
import type { Call } from "../document/Manifest.ts"
import type { Variables } from "../language/template/Variables.ts"
import { Boundary, heldBack } from "./Boundary.ts"
import type { CallSite } from "./CallSite.ts"
import { calledTemplate, continues, endedAs, makeCall, sitePlace, skipped } from "./call.ts"
import { isLoop } from "./loop.ts"
import { loopTurns } from "./loopTurns.ts"
import { nodeId } from "./naming.ts"
import { metaOf, type Place, runNode } from "./node.ts"
import { compositeOutputs } from "../values/outputs.ts"
import { errored, failed, isBad, type NodeResult, succeeded } from "../values/Result.ts"
import { loopVariables, resultVariables } from "../values/results.ts"
import type { Frame, RunBody } from "./Frame.ts"
import { brokenNode } from "./template.ts"

interface StepEnd {
  readonly result: NodeResult
  /** The names of nodes with how they ended. */
  readonly children: ReadonlyArray<{ readonly name: string; readonly result: NodeResult }>
  readonly variables: ReadonlyArray<readonly [string, string | null]>
}

/** Runs the groups of a steps template inside its node. */
export const runSteps = (frame: Frame, live: LiveNode, body: RunBody): Effect.Effect<NodeResult> => {
  const boundary = new Boundary(frame.template)
  return boundary.around(runGroups(frame, live, boundary, body))
}

const runGroups = (frame: Frame, live: LiveNode, boundary: Boundary, body: RunBody): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const missing = new Set<string>()
    let { variables } = frame
    for (const [index, calls] of (frame.template.steps ?? []).entries()) {
      const ends: Array<StepEnd> = []
      const group = yield* runGroup(
        frame,
        live,
        index,
        calls,
        boundary,
        variables,
        (tag) => isAbsent(tag, missing),
        ends,
        body
      )
      if (isBad(group)) return failed(group.message ?? "a step failed")
      variables = variables.with(ends.flatMap((end) => end.variables))
      calls.forEach((call, at) => {
        const phase = ends[at]?.result.phase
        if (phase === "Skipped" || phase === "Omitted") missing.add(call.name ?? "")
      })
    }
    return succeeded(compositeOutputs(frame, variables, (tag) => isAbsent(tag, missing)))
  })

const isAbsent = (tag: string, names: ReadonlySet<string>): boolean => {
  const found = /^(?:steps|tasks)\.([^.]+)\.outputs\./.exec(tag)
  return found !== null && names.has(found[1]!)
}

const runGroup = (
  frame: Frame,
  live: LiveNode,
  index: number,
  calls: ReadonlyArray<Call>,
  boundary: Boundary,
  variables: Variables,
  absent: (tag: string) => boolean,
  ends: Array<StepEnd>,
  body: RunBody
): Effect.Effect<NodeResult> => {
  const { place, session } = frame
  const name = `${place.name}[${index}]`
  const at: Place = {
    ...place,
    live,
    path: pathOf(live, `group-${index}`),
    name,
    boundary: place.name,
    handler: undefined
  }
  const site = (own: LiveNode) => (call: Call): CallSite => ({
    frame,
    boundary,
    kind: "steps",
    call,
    live: own,
    path: pathOf(own, call.name ?? ""),
    name: `${name}.${call.name}`,
    variables,
    absent,
    body
  })
  return Effect.tap(
    runNode(
      session,
      at,
      { ...metaOf(at, "StepGroup", ""), displayName: `[${index}]` },
      { as: "composite" },
      (own) =>
        Effect.map(
          Effect.forEach(calls, (call) => runStep(site(own)(call)), { concurrency: "unbounded" }),
          (made) => groupResult(frame, calls, boundary, made, ends)
        )
    ),
    (result) =>
      Effect.suspend(() =>
        result.phase === "Succeeded" && ends.length === 0 ? replay(live, index, calls, site, ends) : Effect.void
      )
  )
}

/** A group that ended in an earlier life of the run: its steps answer from the journal. */
const replay = (
  live: LiveNode,
  index: number,
  calls: ReadonlyArray<Call>,
  site: (own: LiveNode) => (call: Call) => CallSite,
  ends: Array<StepEnd>
): Effect.Effect<void> => {
  const group = pathOf(live, `group-${index}`)
  const again = (call: Call): CallSite => ({ ...site(live)(call), path: pathOf(live, call.name ?? "", group) })
  return Effect.map(Effect.forEach(calls, (call) => runStep(again(call)), { concurrency: "unbounded" }), (made) => {
    ends.push(...made)
  })
}

const runStep = (site: CallSite): Effect.Effect<StepEnd> =>
  Effect.suspend(() => {
    const prefix = `steps.${site.call.name}`
    if (!isLoop(site.call)) {
      return Effect.map(makeCall(site), (result) => ({
        result,
        children: [{ name: site.name, result }],
        variables: resultVariables(prefix, endedAs(site, result), templateOf(site))
      }))
    }
    return runLoop(site, prefix)
  })

const templateOf = (site: CallSite) => {
  try {
    return calledTemplate(site).template
  } catch {
    return undefined
  }
}

const runLoop = (site: CallSite, prefix: string): Effect.Effect<StepEnd> => {
  const single = (effect: Effect.Effect<NodeResult>): Effect.Effect<StepEnd> =>
    Effect.map(
      effect,
      (result) => ({
        result,
        children: [{ name: site.name, result }],
        variables: resultVariables(prefix, endedAs(site, result), templateOf(site))
      })
    )
  const turns = loopTurns(site)
  if ("skip" in turns) return single(skipped(site, sitePlace(site), turns.skip))
  if ("error" in turns) {
    return single(brokenNode(site.frame.session, sitePlace(site), site.call.template ?? "", turns.error))
  }
  return Effect.map(
    Effect.forEach(
      turns.turns,
      (turn) => makeCall({ ...site, turn, path: `${site.path}:${turn.index}`, name: `${site.name}${turn.suffix}` }),
      {
        concurrency: "unbounded"
      }
    ),
    (results) => {
      const result = results.findLast(isBad) ?? results.find(({ phase }) => phase === "Succeeded") ?? results[0]!
      const children = results.map((it, index) => ({ name: `${site.name}${turns.turns[index]!.suffix}`, result: it }))
      return { result, children, variables: loopVariables(prefix, endedAs(site, result), results) }
    }
  )
}

const groupResult = (
  frame: Frame,
  calls: ReadonlyArray<Call>,
  boundary: Boundary,
  made: ReadonlyArray<StepEnd>,
  ends: Array<StepEnd>
): NodeResult => {
  ends.push(...made)
  if (boundary.broken && made.some(({ children }) => children.some(({ result }) => result.message === heldBack))) {
    return failed(heldBack)
  }
  for (const [index, call] of calls.entries()) {
    const bad = made[index]!.children.find(({ result }) => !continues(call, result))
    if (bad === undefined) continue
    if (bad.result.phase === "Error" && bad.result.startedAt === undefined) return errored(groupMessage(frame, bad))
    return failed(groupMessage(frame, bad))
  }
  return succeeded()
}

const groupMessage = (
  frame: Frame,
  { name, result }: { readonly name: string; readonly result: NodeResult }
): string => {
  const id = nodeId(frame.session.parts.name, name)
  const own = /^(?:Invalid 'when'|Expected boolean|failed to|Failed to|withParam|template name|inputs\.)/.test(
    result.message ?? ""
  )
  return own ? `step group deemed errored due to child ${name} error: ${result.message}` : `child '${id}' failed`
}
