/** Steps: a flow of groups one after the other; each group is a flow of its steps side by side. */
import * as Effect from "effect/Effect"
import {
  type Flow,
  type LiveNode,
  type NodeEnd,
  type NodeSpec,
  type Outcome,
  rehearsalOf,
  runFlow
} from "../../engine/Interpreter.ts"
import type { Call } from "../document/Manifest.ts"
import type { Variables } from "../language/template/Variables.ts"
import { compositeOutputs } from "../values/outputs.ts"
import { failed, messageOf, type NodeResult, succeeded } from "../values/Result.ts"
import { callNode, continues, turnsAt, variablesOf } from "./call.ts"
import type { CallSite } from "./CallSite.ts"
import { Daemons } from "./Daemons.ts"
import type { Frame, RunBody } from "./Frame.ts"
import { isLoop } from "./loop.ts"
import { nodeId } from "./naming.ts"
import { boundsOf, edgesOf, heldBack, runUnits, Unit } from "./Unit.ts"
import { isBroken, metaOf, nodeAt, pathOf, type Place, resultOf } from "./node.ts"

/** Runs the groups of a steps template inside its node. */
export const runSteps = (frame: Frame, live: LiveNode, body: RunBody): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const steps = new Steps(frame, live, body)
    for (const [at, group] of (frame.template.steps ?? []).entries()) {
      for (const { name = "" } of group) rehearsalOf(live)?.foresees(steps.path(at), name)
    }
    return steps.daemons.around(Effect.map(runFlow(live, steps), (outcome) => steps.result(outcome)))
  })

/** A step with its nodes: one, or one for each turn. */
interface Step {
  readonly site: CallSite
  readonly loops: boolean
  readonly units: ReadonlyArray<Unit>
}

class Steps implements Flow {
  readonly size: number
  readonly edges: NonNullable<Flow["edges"]>
  readonly room = Infinity
  /** A group that failed is the last one. */
  readonly failFast = "hold"
  readonly daemons: Daemons = new Daemons()
  readonly #frame: Frame
  readonly #live: LiveNode
  readonly #body: RunBody
  /** What bounds the steps of all groups together. */
  readonly #bounds: Pick<Flow, "failFast" | "room">
  readonly #missing = new Set<string>()
  #variables: Variables
  #group: ReadonlyArray<Step> = []

  constructor(frame: Frame, live: LiveNode, body: RunBody) {
    this.#frame = frame
    this.#live = live
    this.#body = body
    this.#bounds = boundsOf(frame, live)
    this.#variables = frame.variables
    this.size = frame.template.steps?.length ?? 0
    this.edges = edgesOf(Array.from({ length: this.size }, (_, at) => ({ name: `${at}`, after: [`${at - 1}`] })))
  }

  readonly path = (index: number): string => pathOf(this.#live, `group-${index}`)

  readonly open = (index: number): NodeSpec => {
    const { place, session, template } = this.#frame
    const name = `${place.name}[${index}]`
    const at: Place = {
      ...place,
      live: this.#live,
      path: this.path(index),
      name,
      boundary: place.name,
      handler: undefined
    }
    this.#group = template.steps![index]!.map((call) => this.#step(call, at))
    const group = this.#group
    const meta = { ...metaOf(at, "StepGroup", ""), displayName: `[${index}]` }
    return nodeAt(session, at, meta, { as: "composite" }, (live) => this.#run(live, group))
  }

  #run(live: LiveNode, steps: ReadonlyArray<Step>): Effect.Effect<NodeResult> {
    const units = steps.flatMap((step) => step.units)
    return Effect.map(runUnits(live, units, this.#bounds), ({ culprit, ends }) => {
      if (culprit !== undefined && !ends.areAll) return heldBack
      const bad = steps.flatMap(({ site, units }) =>
        units.filter((unit) => {
          const result = unit.result(live)
          return result === undefined || !continues(site.call, result)
        })
      )[0]
      return bad === undefined ? succeeded() : failed(this.#blame(bad))
    })
  }

  #blame(unit: Unit): string {
    const result = unit.result(this.#live)
    return result !== undefined && isBroken(result)
      ? `step group deemed errored due to child ${unit.name} error: ${result.message}`
      : `child '${nodeId(this.#frame.session.parts.name, unit.name)}' failed`
  }

  #step(call: Call, group: Place): Step {
    const site: CallSite = {
      frame: this.#frame,
      daemons: this.daemons,
      kind: "steps",
      call,
      live: this.#live,
      path: pathOf(this.#live, call.name ?? "", group.path),
      name: `${group.name}.${call.name}`,
      variables: this.#variables,
      absent: this.#isAbsent,
      body: this.#body
    }
    if (!isLoop(call)) return { site, loops: false, units: [new Unit(site, () => callNode(site))] }
    const turns = turnsAt(site, `${site.path}:`)
    return "bind" in turns
      ? { site, loops: false, units: [new Unit(site, () => turns)] }
      : { site, loops: true, units: turns }
  }

  readonly #isAbsent = (tag: string): boolean => {
    const found = /^(?:steps|tasks)\.([^.]+)\.outputs\./.exec(tag)
    return found !== null && this.#missing.has(found[1]!)
  }

  /** What the steps of a group gave is in the record, whichever life of the run has run them. */
  readonly settled = (_: number, end: NodeEnd): void => {
    if (end.phase !== "Succeeded") return
    const made = this.#group.flatMap(({ loops, site, units }) => {
      const results = units.map((unit) => unit.result(this.#live) ?? { phase: "Omitted" } as const)
      if (!loops && (results[0]?.phase === "Skipped" || results[0]?.phase === "Omitted")) {
        this.#missing.add(site.call.name ?? "")
      }
      return variablesOf(site, loops ? results : results[0]!)
    })
    this.#variables = this.#variables.with(made)
  }

  /** How the template ended. */
  result({ culprit, ends, halted }: Outcome): NodeResult {
    if (culprit !== undefined) {
      const { message = "a step failed" } = resultOf(this.#live, { path: this.path(culprit) }, ends.get(culprit)!)
      return failed(message)
    }
    if (!ends.areAll) return failed(messageOf(halted, undefined, "Steps") ?? "Stopped before it began")
    return succeeded(compositeOutputs(this.#frame, this.#variables, this.#isAbsent))
  }
}
