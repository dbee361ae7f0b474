/** A node that is tried again: each attempt is a node `X(n)` beneath it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type LiveNode, pathOf } from "../../engine/Interpreter.ts"
import { boundOf } from "../../run/retry.ts"
import { substituteAll } from "../language/template/substitute.ts"
import { expressionHolds } from "../values/arguments.ts"
import { emit } from "./emit.ts"
import { metaOf, type Place, runNode } from "./node.ts"
import type { NodeMeta } from "./NodeMeta.ts"
import { placementOf } from "./placement.ts"
import { failed, isBad, type NodeResult } from "../values/Result.ts"
import { decide, limitOf } from "./retryRule.ts"
import { type Frame, type RunBody, substitution, treatmentFor, typeOf } from "./Frame.ts"

/** Runs attempts until one succeeds or the strategy gives up. */
export const retried = (frame: Frame, live: LiveNode, body: RunBody): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const strategy = substituteAll(frame.template.retryStrategy ?? {}, { ...substitution(frame), lenient: true })
    const bound = boundOf({ limit: limitOf(strategy) })
    const attempts: Array<NodeResult> = []
    for (;;) {
      attempts.push(yield* attempt(frame, live, attempts, bound, body))
      const last = attempts.at(-1)!
      const decision = decide(strategy, {
        attempts,
        firstStartedAt: attempts[0]!.startedAt ?? 0,
        now: frame.session.parts.now(),
        strategy: strategyOf(live),
        expressionHolds: () => expressionHolds(strategy.expression ?? "", lastRetry(frame, attempts))
      })
      if (!decision.again) return outcome(last, decision.why)
      // The last attempt is told of by the node itself.
      emit({ ...emitterOf(frame), live, path: attemptPath(live, attempts.length - 1) }, last)
      yield* backoff(live, (last.finishedAt ?? 0) + decision.delay - frame.session.parts.now())
      const strategyNow = strategyOf(live)
      if (strategyNow !== undefined) return failed(`Stopped with strategy '${strategyNow}'`, last.outputs)
    }
  })

const attemptPath = (live: LiveNode, number: number): string => pathOf(live, `attempt-${number}`)

const emitterOf = ({ metrics, session, variables }: Frame) => ({ session, metrics, variables })

const strategyOf = ({ stopping }: LiveNode): string | undefined =>
  stopping === undefined ? undefined : stopping === "Terminated" ? "Terminate" : "Stop"

const outcome = (last: NodeResult, why: string): NodeResult => {
  const { startedAt: _, finishedAt: __, memo: ___, reason: ____, message: _____, ...rest } = last
  if (!isBad(last)) return { ...rest, phase: "Succeeded" }
  return why === "" ? rest : { ...rest, message: why }
}

const attempt = (
  frame: Frame,
  live: LiveNode,
  before: ReadonlyArray<NodeResult>,
  bound: Pick<NodeMeta, "attempts">,
  body: RunBody
): Effect.Effect<NodeResult> => {
  const number = before.length
  const { place, session, template } = frame
  const name = `${place.name}(${number})`
  const inner: Place = {
    ...place,
    live,
    path: attemptPath(live, number),
    name,
    handler: undefined,
    after: []
  }
  const type = typeOf(template)
  const variables = lastRetry(frame, before).variables.with([["retries", String(number)], ["node.name", name]])
  const meta = { ...metaOf(inner, type, template.name ?? "", frame.bound.inputs), ...bound }
  const own: Frame = { ...frame, place: inner, variables }
  const slots = type === "Pod" ? session.pods : undefined
  const treatment = { ...treatmentFor(template), slots, placed: placementOf(own) }
  return runNode(session, inner, meta, treatment, (live) => body(own, live))
}

const lastRetry = (frame: Frame, attempts: ReadonlyArray<NodeResult>) => {
  const last = attempts.at(-1)
  const seconds = last === undefined ? 0 : ((last.finishedAt ?? 0) - (last.startedAt ?? 0)) / 1_000
  const variables = frame.variables.with([
    ["lastRetry.exitCode", last === undefined ? "0" : last.outputs?.exitCode ?? "-1"],
    ["lastRetry.status", last?.phase ?? ""],
    ["lastRetry.duration", String(Math.floor(seconds))],
    ["lastRetry.message", last?.message ?? ""],
    ["retries", String(Math.max(0, attempts.length - 1))]
  ])
  return { variables, now: frame.session.parts.now }
}

/** Waits, or until the run is being stopped. */
const backoff = (live: LiveNode, millis: number): Effect.Effect<void> => {
  if (millis <= 0) return Effect.void
  const stopped = Effect.callback<void>((resume) => {
    live.onStop(() => resume(Effect.void))
    if (live.stopping !== undefined) resume(Effect.void)
    return Effect.sync(() => {
      live.onStop(undefined)
    })
  })
  return Effect.raceFirst(Effect.sleep(Duration.millis(millis)), stopped)
}
