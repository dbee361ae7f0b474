/** The steps of flows, which no plan names, as vertices: in which order they came says what each waited for. Pure. */
import type { Recorded } from "../run/Event.ts"
import { isHandler } from "../run/path.ts"
import type { PlanJson } from "../plan/drawing.ts"
import type { Vertex } from "./edges.ts"

/** Beneath which paths a plan runs flows: `""` where it is one. Not those of items of maps: each has its own. */
const flowsIn = (plan: PlanJson, digest = plan.digest, prefix = "", deep = 0): ReadonlyArray<string> => {
  const nodes = plan.plans[digest]?.nodes ?? []
  // Only flows have no nodes of their own, and workflows that do nothing.
  if (nodes.length === 0) return [prefix]
  return deep > 20
    ? []
    : nodes.flatMap((node) =>
      node.plan === null || node.kind === "map" ? [] : flowsIn(plan, node.plan, `${prefix}${node.name}/`, deep + 1)
    )
}

/** Whether a plan runs flows. */
export const hasFlow = (plan: PlanJson): boolean => flowsIn(plan).length > 0

/** A step, by the numbers of the events of its beginning and its end. */
interface Step {
  readonly name: string
  runs: string
  began: number
  ended: number
}

/** The steps of all flows of a run; nothing where it has none. */
export const stepVertices = (plan: PlanJson, events: Iterable<Recorded>): ReadonlyArray<Vertex> => {
  const prefixes = flowsIn(plan)
  if (prefixes.length === 0) return []
  const flows = new Map(prefixes.map((prefix) => [prefix, new Map<string, Step>()]))
  for (const { event, seq } of events) {
    if (!("path" in event) || isHandler(event.path)) continue
    const prefix = event.path.slice(0, event.path.lastIndexOf("/") + 1)
    if (/[[#]/.test(event.path.slice(prefix.length))) continue
    const steps = flows.get(prefix)
    if (steps === undefined) continue
    if (event.type === "NodeStarted" || event.type === "NodeFinished" || event.type === "NodeWaiting") {
      note(steps, event, seq)
    }
  }
  return [...flows.values()].flatMap((steps) => inOrder([...steps.values()]))
}

type Noted = Extract<Recorded["event"], { readonly type: "NodeStarted" | "NodeFinished" | "NodeWaiting" }>

const note = (steps: Map<string, Step>, event: Noted, seq: number): void => {
  const known = steps.get(event.path)
  const step = known ?? { name: event.path, runs: "step", began: seq, ended: Infinity }
  if (known === undefined) steps.set(event.path, step)
  const { kind = "task" } = event
  if (kind !== "task") step.runs = kind
  // One that a retry does again began anew.
  if (event.type === "NodeStarted" && step.ended !== Infinity) [step.began, step.ended] = [seq, Infinity]
  if (event.type === "NodeFinished") step.ended = seq
}

/** Each after those that had ended when it began, but for those that others of them came after. */
const inOrder = (steps: ReadonlyArray<Step>): ReadonlyArray<Vertex> => {
  const byEnd = steps.toSorted((a, b) => a.ended - b.ended)
  let [count, latest] = [0, 0]
  return steps.toSorted((a, b) => a.began - b.began).map(({ began, name, runs }) => {
    for (; byEnd[count] !== undefined && byEnd[count]!.ended < began; count++) {
      latest = Math.max(latest, byEnd[count]!.began)
    }
    const after: Array<string> = []
    for (let at = count - 1; at >= 0 && byEnd[at]!.ended >= latest; at--) after.push(byEnd[at]!.name)
    return { name, runs, after: after.reverse() }
  })
}
