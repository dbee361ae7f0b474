/** Takes a value for a node that does not wait yet. */
import type { Plan } from "../../plan/Plan.ts"
import { EARLY_MAX, endedAbove, isKept, neverWaits } from "../../run/early.ts"
import { locate } from "../../run/locate.ts"
import type { Write } from "../../journal/Journal.ts"
import { excess } from "../node/payload.ts"
import type { LiveRun } from "../Live.ts"
import { byOf } from "../actor.ts"
import type { Answer, CommandArgs } from "./Answer.ts"
import { mismatch } from "../node/mismatch.ts"

/** Records the value for the time when the node waits, or says why it cannot be kept. */
export const keepEarly = (
  live: LiveRun,
  { by, node: path = "" }: CommandArgs,
  text: string,
  done: (answer: Answer) => void
): void => {
  const wrong = objection(live, path, text)
  if (wrong !== undefined) return done({ ok: false, message: `Cannot signal run ${live.ledger.row.id}: ${wrong}` })
  const { ledger } = live
  ledger.node({ type: "NodeSignalled", path, kind: "suspend", value: null, ...byOf(by) }, text, (error) => {
    if (error !== undefined) return done({ ok: false, message: error.message })
    done({ ok: true, message: `Node "${path}" does not wait yet; the value is kept for it` })
  })
  ledger.keepsEarly = true
  ledger.texts.set(ledger.nodes.get(path)!.signalSeq, text)
}

const objection = ({ host, ledger, plan, signals }: LiveRun, path: string, text: string): string | undefined => {
  const never = ledger.row.kind === "typed" ? neverWaits(plan, path) : `node "${path}" does not wait`
  if (never !== undefined) return never
  const over = endedAbove(ledger.nodes, path)
  if (over !== undefined) return `node "${over}" has ended`
  const kept = [...ledger.nodes.values()].filter(isKept)
  if (kept.length >= EARLY_MAX) {
    return `it keeps ${EARLY_MAX} values for nodes that do not wait yet, the limit: signal when they wait`
  }
  const before = kept.reduce((sum, { signalSeq }) => sum + (ledger.texts.get(signalSeq)?.length ?? 0), 0)
  return excess(`value for node "${path}"`, text, host.limits.payload - before) ?? misfit({ plan, signals }, path, text)
}

/** The writes that give a new run a value before it begins. */
export const givenEarly = (
  { ledger }: LiveRun,
  { by, node: path = "", value = null }: CommandArgs
): ReadonlyArray<Write> => {
  const text = JSON.stringify(value)
  const writes = ledger.writes({ type: "NodeSignalled", path, kind: "suspend", value: null, ...byOf(by) }, text)
  ledger.keepsEarly = true
  ledger.texts.set(ledger.nodes.get(path)!.signalSeq, text)
  return writes
}

/** Why no run of a plan can be given a value; `undefined` where one may. */
export const neverTakes = (plan: Plan, path: string, text: string, limit: number): string | undefined =>
  neverWaits(plan, path) ?? excess(`value for node "${path}"`, text, limit) ??
    misfit({ plan, signals: new Map() }, path, text)

/** Why a value is none for a node: of one that waits its own schema decides, else the plan's. */
export const misfit = ({ plan, signals }: Pick<LiveRun, "plan" | "signals">, path: string, text: string) => {
  const output = signals.get(path)?.output ?? locate(plan, path)?.node.def.suspend?.output
  return output === undefined ? undefined : mismatch(output, path, text)
}
