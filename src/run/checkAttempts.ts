/**
 * N4 and N5: at most one attempt of a node is live; attempts are
 * counted without gaps, and never exceed the policy in one epoch.
 * An attempt is begun again only after the run was taken over (`RunStarted`), because only then is the old one known
 * to be dead; on a pool it is the worker that died.
 */
import type { Plan } from "../plan/Plan.ts"
import type { NodeEvent } from "./Event.ts"
import { type Invariant, plannedFrom } from "./evidence.ts"
import { resetBy } from "./evolve.ts"
import { locate } from "./locate.ts"
import type { NodeRow } from "./State.ts"

type Begin = Extract<NodeEvent, { readonly type: "AttemptStarted" }>

interface Life {
  /** The number of the failed attempt after which none has begun, 0 when an attempt is live. */
  failed: number
  /** The takeover in which the live attempt began. */
  takeover: number
  confirmed: boolean
}

const limitOf = (plan: Plan | undefined, path: string): number | undefined => {
  const place = plan === undefined ? undefined : locate(plan, path)
  if (place === undefined) return undefined
  const { map, retry, runnable } = place.node.def
  const policy = place.item ? map?.item.retry ?? runnable?.retry : map === undefined ? retry ?? runnable?.retry : retry
  return policy?.limit ?? 0
}

const begins = (event: Begin, row: NodeRow, life: Life, takeover: number, wasLeft: boolean): string | undefined => {
  const { attempt, on, rerun } = event
  if (life.failed > 0) {
    return attempt === life.failed + 1 && rerun === 0 ? undefined : `follows failed attempt ${life.failed}`
  }
  if (attempt !== row.attempt) return `begins while attempt ${row.attempt} is live`
  if (attempt === 1 && rerun === 0 && row.reruns === 0 && !life.confirmed) return undefined
  if (on !== undefined && rerun === row.reruns + 1) return undefined
  if (rerun !== row.reruns + (wasLeft ? 0 : 1)) return `is re-run ${rerun} after re-run ${row.reruns}`
  return takeover > life.takeover ? undefined : "is begun again although the run was not taken over"
}

/** Checks N4 and N5; the limit needs the plan. */
export const checkAttempts: Invariant = (evidence, report) => {
  const { plan } = evidence
  const from = plannedFrom(evidence)
  const lives = new Map<string, Life>()
  let takeover = 0
  /** Whether the life before left the run in an orderly way: what it cut off is begun again without being counted. */
  let wasLeft = false
  let isLeft = false
  const start = (path: string) => lives.set(path, { failed: 0, takeover, confirmed: false })
  const begin = (event: Begin, row: NodeRow, seq: number): void => {
    const life = lives.get(event.path) ?? { failed: 0, takeover: 0, confirmed: false }
    const wrong = begins(event, row, life, takeover, wasLeft)
    if (wrong !== undefined) report(`N4: attempt ${event.attempt} of ${event.path} (seq ${seq}) ${wrong}`)
    const limit = seq < from ? undefined : limitOf(plan, event.path)
    if (limit !== undefined && event.attempt > limit + 1) {
      report(`N5: attempt ${event.attempt} of ${event.path} (seq ${seq}) exceeds the limit of ${limit} retries`)
    }
    lives.set(event.path, { failed: 0, takeover, confirmed: true })
  }
  return {
    see: ({ event, seq }, before) => {
      if (event.type === "RunLeft") isLeft = true
      if (event.type === "RunStarted") {
        takeover++
        wasLeft = isLeft
        isLeft = false
      }
      for (const path of resetBy(event)) lives.delete(path)
      if (!("path" in event)) return
      const row = before.nodes.get(event.path)
      if (event.type === "NodeStarted") {
        if (row !== undefined && row.attempt > 0) {
          report(`N4: ${event.path} started again (seq ${seq}) while it is ${row.phase}`)
        }
        start(event.path)
      } else if (row !== undefined) later(event, row, seq)
    }
  }

  function later(event: NodeEvent, row: NodeRow, seq: number): void {
    const life = lives.get(event.path)
    if (event.type === "AttemptStarted") return begin(event, row, seq)
    if (event.type === "AttemptFailed") {
      if (event.attempt !== row.attempt || life?.failed !== 0) {
        report(`N4: attempt ${event.attempt} of ${event.path} failed (seq ${seq}) while it is not live`)
      }
      lives.set(event.path, { failed: event.attempt, takeover, confirmed: false })
    }
    if (event.type === "NodeFinished" && event.ending.phase === "Succeeded" && life !== undefined && life.failed > 0) {
      report(`N4: ${event.path} succeeded (seq ${seq}) without a live attempt`)
    }
  }
}
