/** How a resource template ends. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { Template, ValueFrom } from "../../document/Manifest.ts"
import type { Substitution } from "../../language/template/substitute.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { kubectlPath } from "./objects/kubectlPath.ts"
import { messageFrom } from "../../document/messageFrom.ts"
import type { Frame } from "../../compile/Frame.ts"
import { jqFilter } from "./jq.ts"
import { fnv32a } from "../../compile/naming.ts"
import { named } from "../../values/outputs.ts"
import { judge } from "./condition.ts"
import { failed, type NodeResult, type OutputParameter, succeeded } from "../../values/Result.ts"

/** What the process of such a template says in a cluster when it cannot do its work. */
export const refused = (error: unknown): NodeResult =>
  failed(`main: Error (exit code 64): ${messageFrom(error)}`, { exitCode: "64" })

/** Judges an object by the template's conditions and reads outputs from it. */
export const concluded = (
  frame: Frame,
  live: LiveNode,
  { outputs, resource = {} }: Template,
  object: unknown,
  how: Substitution,
  message?: string
): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const problem = resource.action === "delete"
      ? undefined
      : judge(object, resource.successCondition, resource.failureCondition)
    if (problem !== undefined) {
      return Effect.fail(new BadArgument(message === undefined ? problem : `${problem}: ${message}`))
    }
    const directory = join(frame.session.parts.directory, "nodes", `jq-${fnv32a(live.path)}`)
    const read = Effect.forEach(outputs?.parameters ?? [], (it) =>
      Effect.map(valueIn(object, it.valueFrom ?? {}, directory), (value) => named(it, value, how)))
    const usesJq = outputs?.parameters?.some((it) =>
      it.valueFrom?.jqFilter !== undefined
    ) === true
    return usesJq ? Effect.ensuring(read, frame.session.removals.add([directory])) : read
  }).pipe(
    Effect.map((parameters: ReadonlyArray<OutputParameter>) =>
      succeeded({ exitCode: "0", ...(parameters.length === 0 ? {} : { parameters }) })
    ),
    Effect.catch((error) => Effect.succeed(refused(error)))
  )

const valueIn = (
  object: unknown,
  { default: fallback, jqFilter: filter, jsonPath: path = "" }: ValueFrom,
  directory: string
): Effect.Effect<string, BadArgument> => {
  // Neither is asked for.
  if (filter === undefined && path === "" && fallback !== undefined) return Effect.succeed(fallback)
  const read = filter === undefined ? pathIn(object, path) : jqFilter(filter, object, directory)
  return fallback === undefined ? read : Effect.catch(read, () => Effect.succeed(fallback))
}

const pathIn = (object: unknown, path: string): Effect.Effect<string, BadArgument> =>
  Effect.try({
    try: () => kubectlPath(object, path),
    catch: (error) => new BadArgument(messageFrom(error))
  })
