/** Suspend templates: wait for a person or an instant. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Interpreter.ts"
import type { NodeEnd } from "../../engine/Interpreter.ts"
import { suspendWork } from "../../engine/Interpreter.ts"
import { anyJson } from "../../workflow/codec.ts"
import type { NodeDef } from "../../workflow/Definition.ts"
import { durationFrom } from "../document/amounts.ts"
import { substitute, substituteAll } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { runHidden } from "../compile/node.ts"
import type { NodeMeta } from "../compile/NodeMeta.ts"
import { named } from "../values/outputs.ts"
import { errored, erroredBy, failed, fromEnd, type NodeResult, succeeded, toEnd } from "../values/Result.ts"
import { type Frame, substitution } from "../compile/Frame.ts"

/** What a suspend node is given: values for its outputs, or another end than success. */
export interface Resumption {
  /** Values of its output parameters by name. */
  readonly parameters?: Readonly<Record<string, string>>
  /** How it ends; default `Succeeded`. */
  readonly phase?: "Succeeded" | "Failed" | "Error"
  /** What is said about its end, for people. */
  readonly message?: string
  /** Whether the node goes on waiting, with these values. */
  readonly hold?: boolean
}

/** Waits inside a suspend node; goes on waiting after a restart. */
export const runSuspended = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const text = substitute(frame.template.suspend?.duration ?? "", substitution(frame))
    const duration = text === "" ? Infinity : durationFrom("suspend.duration", text)
    return awaited(frame, live, untilOf(live, duration), {})
  })

/** After the clock was set back a wait is no longer than it was meant to be. */
const untilOf = (live: LiveNode, duration: number): number =>
  Math.min(live.run.ledger.nodes.get(live.path)!.startedAt, live.run.host.now()) + duration

/** Values that come before the end are kept by the wait that goes on, which is a node beneath that is not shown. */
const awaited = (frame: Frame, live: LiveNode, until: number, kept: Resumption): Effect.Effect<NodeResult> => {
  const def = { fallback: { value: null } } as NodeDef
  const duration = Math.max(0, until - live.run.host.now())
  const decide = (text: string) => decided(frame, joined(kept, JSON.parse(text)))
  const waited = suspendWork(def, { output: anyJson, duration }, live.path, decide).attempt(live, {
    number: 1,
    deadline: Infinity
  })
  return Effect.flatMap(waited, (end) => {
    if (end.phase !== "Succeeded") return Effect.succeed(fromEnd(end, "Suspend"))
    const given = joined(kept, JSON.parse(end.text ?? "null"))
    if (given.hold !== true) return Effect.sync(() => resumed(frame, given))
    const more = (inner: LiveNode) => awaited(frame, inner, until, given)
    return runHidden(frame.session, live, { as: "wait" }, "Suspend", more, "set~")
  })
}

/** How a node ends with what it was given; not yet, when that is only kept. */
const decided = (frame: Frame, given: Resumption): NodeEnd | undefined => {
  if (given.hold === true) return undefined
  try {
    return toEnd(resumed(frame, given))
  } catch (error) {
    return toEnd(erroredBy(error))
  }
}

const joined = (kept: Resumption, given: Resumption | null): Resumption => {
  const { hold: _, ...before } = kept
  return { ...before, ...given, parameters: { ...kept.parameters, ...given?.parameters } }
}

/** What a person is asked for: outputs that must have a value, and those that have one otherwise. */
export const asked = ({ bound, template }: Pick<Frame, "bound" | "template">): Pick<NodeMeta, "asks" | "defaults"> => {
  if (template.suspend === undefined) return {}
  const supplied = (template.outputs?.parameters ?? []).filter(({ valueFrom }) => valueFrom?.supplied !== undefined)
  const values = supplied.map((it) =>
    [it.name ?? "", it.valueFrom?.default ?? it.value ?? choice({ bound, template }, it.name)] as const
  )
  const asks = values.filter(([, value]) => value === undefined).map(([name]) => name)
  const defaults = values.filter((it): it is [string, string] => it[1] !== undefined)
  return {
    ...(asks.length === 0 ? {} : { asks }),
    ...(defaults.length === 0 ? {} : { defaults: Object.fromEntries(defaults) })
  }
}

const resumed = (frame: Frame, given: Resumption): NodeResult => {
  const { message } = given
  if (given.phase === "Failed") return failed(message ?? "set to Failed")
  if (given.phase === "Error") return errored(message ?? "set to Error")
  const how = substitution(frame)
  const parameters = substituteAll(frame.template.outputs?.parameters ?? [], how).map((parameter) => {
    const value = given.parameters?.[parameter.name ?? ""] ?? parameter.valueFrom?.default ?? parameter.value ??
      choice(frame, parameter.name)
    if (value === undefined) throw new BadArgument(`output parameter "${parameter.name}" was not supplied`)
    return named(parameter, value, how)
  })
  return succeeded(parameters.length === 0 ? {} : { parameters })
}

/** A supplied output without a value takes that of the input of the same name. */
const choice = (
  { bound, template }: Pick<Frame, "bound" | "template">,
  name: string | undefined
): string | undefined => {
  const isSupplied = template.outputs?.parameters?.some((it) =>
    it.name === name && it.valueFrom?.supplied !== undefined
  )
  return isSupplied === true ? bound.inputs.parameters?.find((it) => it.name === name)?.value : undefined
}
