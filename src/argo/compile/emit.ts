/**
 * Emits the metrics that manifests ask for: when a node has ended, in the commit of its end; those that are told while
 * it works, from the process that runs it.
 */
import { type LiveNode, makeLog, type NodeSpec } from "../../engine/Interpreter.ts"
import type { EmittedMetric } from "../../run/Event.ts"
import { messageFrom } from "../document/messageFrom.ts"
import type { MetricSpec } from "../document/Manifest.ts"
import type { Variables } from "../language/template/Variables.ts"
import { emittedMetric, measured, realtimeVariable } from "../values/metrics.ts"
import type { NodeResult } from "../values/Result.ts"
import { resultOf } from "./node.ts"
import type { Session } from "./Session.ts"

/** Who emits: a node, or the workflow beneath a node. */
interface Emitter {
  readonly session: Session
  readonly live: LiveNode
  readonly path: string
  readonly metrics: ReadonlyArray<MetricSpec>
  readonly variables: Variables
}

/** Emits what a node was to emit, unless an earlier life has. */
export const emit = (emitter: Emitter, result: NodeResult): void => {
  const { live, metrics, path, session, variables } = emitter
  const { ledger } = live.run
  // What never began, or was kept of another run, has nothing to tell.
  const hasWorked = (result.startedAt ?? 0) > 0
  if (metrics.length === 0 || !hasWorked || live.run.abandoned || ledger.emitted.has(path)) return
  const known = variables.with([...session.changing, ...measured(result)])
  const emitted = metrics.flatMap((spec) => tried(emitter, spec, known) ?? [])
  ledger.run({ type: "MetricsEmitted", of: path, metrics: emitted })
}

/** A node that emits metrics while it works and when it has ended. */
export const emitting = (spec: NodeSpec, emitter: Omit<Emitter, "live" | "path">): NodeSpec => {
  if (emitter.metrics.length === 0) return spec
  let end = () => {}
  return {
    ...spec,
    bind: (recorded) => {
      const bound = spec.bind(recorded)
      if (!("attempt" in bound)) return bound
      return {
        ...bound,
        attempt: (live, ...rest) => {
          end = tellRealtime({ ...emitter, live, path: spec.path }, startOf(live, spec))
          return bound.attempt(live, ...rest)
        }
      }
    },
    ended: (live, how) => {
      end()
      spec.ended?.(live, how)
      emit({ ...emitter, live, path: spec.path }, resultOf(live, spec, how))
    }
  }
}

const startOf = (live: LiveNode, { path }: NodeSpec): number => live.run.ledger.nodes.get(path)?.startedAt ?? 0

/** A metric that cannot be emitted is told in the log of the node, and changes nothing else. */
const tried = ({ live, session }: Emitter, spec: MetricSpec, variables: Variables): EmittedMetric | undefined => {
  try {
    return emittedMetric(spec, { variables, now: session.parts.now })
  } catch (error) {
    makeLog(live, 1).warn(`metric ${spec.name} was not emitted: ${messageFrom(error)}`)
    return undefined
  }
}

/** Tells gauges that are told while the node works; answers how to end that. */
export const tellRealtime = (emitter: Emitter, startedAt: number): () => void => {
  const { live: { run: { host: { numbers } } }, metrics, session, variables } = emitter
  const custom = numbers?.custom
  const told = custom === undefined ? [] : metrics.flatMap((spec) => {
    const variable = realtimeVariable(spec)
    if (variable === undefined) return []
    const { now } = session.parts
    const since = variable === "duration" ? startedAt : session.parts.startedAt
    const known = variables.with([...session.changing, ...measured({ phase: "Running", startedAt })])
    try {
      const series = emittedMetric(spec, { variables: known, now })
      if (series === undefined) return []
      custom.follow(series, () => Math.max(0, now() - since) / 1_000)
      return [series]
    } catch {
      // What is wrong with it is told when the node has ended.
      return []
    }
  })
  return () => told.forEach((series) => custom?.remove(series))
}
