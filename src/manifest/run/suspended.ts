/** Suspend templates: wait for a person or an instant. */
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../engine/Live.ts"
import { suspendWork } from "../../engine/node/suspend.ts"
import { anyJson } from "../../workflow/codec.ts"
import type { NodeDef } from "../../workflow/Definition.ts"
import { durationMillis } from "../duration.ts"
import { substitute, substituteAll } from "../template/substitute.ts"
import { BadArgument } from "../BadArgument.ts"
import { named } from "./outputs.ts"
import { errored, failed, fromEnd, type NodeResult, succeeded } from "./Result.ts"
import { type Frame, substitution } from "./Frame.ts"

/** What resumes a suspend node: values for its outputs, or another end than success. */
export interface Resumption {
  readonly parameters?: Readonly<Record<string, string>>
  readonly phase?: "Succeeded" | "Failed" | "Error"
  readonly message?: string
}

/** Waits inside a suspend node; goes on waiting after a restart. */
export const runSuspended = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const text = substitute(frame.template.suspend?.duration ?? "", substitution(frame))
    const duration = text === "" ? Infinity : durationMillis(text)
    if (duration === undefined) return Effect.succeed(errored(`"${text}" is not a duration`))
    const def = { fallback: { value: null } } as NodeDef
    const waited = suspendWork(def, { output: anyJson, duration }, live.path).attempt(live, {
      number: 1,
      deadline: Infinity
    })
    return Effect.map(waited, (end) =>
      end.phase === "Succeeded" ? resumed(frame, JSON.parse(end.text ?? "null")) : fromEnd(end, "Suspend"))
  })

const resumed = (frame: Frame, given: Resumption | null): NodeResult => {
  if (given?.phase === "Failed") return failed(given.message ?? "set to Failed")
  if (given?.phase === "Error") return errored(given.message ?? "set to Error")
  const how = substitution(frame)
  const parameters = substituteAll(frame.template.outputs?.parameters ?? [], how).map((parameter) => {
    const value = given?.parameters?.[parameter.name ?? ""] ?? parameter.valueFrom?.default ?? parameter.value ??
      choice(frame, parameter.name)
    if (value === undefined) throw new BadArgument(`output parameter "${parameter.name}" was not supplied`)
    return named(parameter, value, how)
  })
  return succeeded(parameters.length === 0 ? {} : { parameters })
}

/** A person chooses among the values of an input of the same name; who just resumes takes the one that stands there. */
const choice = ({ bound, template }: Frame, name: string | undefined): string | undefined => {
  const isChoice = template.inputs?.parameters?.some((it) => it.name === name && it.enum !== undefined) === true
  return isChoice ? bound.inputs.parameters?.find((it) => it.name === name)?.value : undefined
}
