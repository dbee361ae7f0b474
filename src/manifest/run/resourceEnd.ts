/** How a resource template ends. */
import { resultText } from "../expr/expression.ts"
import { fromJson } from "../expr/json.ts"
import { jsonPath } from "../expr/jsonPath.ts"
import type { Template } from "../Manifest.ts"
import type { Substitution } from "../template/substitute.ts"
import { BadArgument } from "../BadArgument.ts"
import { messageFrom } from "../messageFrom.ts"
import { named } from "./outputs.ts"
import { judge } from "./resourceCondition.ts"
import { failed, type NodeResult, type OutputParameter, succeeded } from "./Result.ts"

/** What the process of such a template says in a cluster when it cannot do its work. */
export const refused = (error: unknown): NodeResult =>
  failed(`main: Error (exit code 64): ${messageFrom(error)}`, { exitCode: "64" })

/** Judges an object by the template's conditions and reads outputs from it. */
export const concluded = (
  { outputs, resource = {} }: Template,
  object: unknown,
  how: Substitution,
  message?: string
): NodeResult => {
  try {
    const problem = judge(object, resource.successCondition, resource.failureCondition)
    if (problem !== undefined) throw new BadArgument(message === undefined ? problem : `${problem}: ${message}`)
    const parameters = (outputs?.parameters ?? []).map((it): OutputParameter =>
      named(it, read(object, it.valueFrom?.jsonPath, it.valueFrom?.default), how)
    )
    return succeeded({ exitCode: "0", ...(parameters.length === 0 ? {} : { parameters }) })
  } catch (error) {
    return refused(error)
  }
}

const read = (object: unknown, path: string | undefined, fallback: string | undefined): string => {
  try {
    return resultText(jsonPath(fromJson(object, true), (path ?? "").replace(/^\{(.*)\}$/s, "$1")))
  } catch (error) {
    if (fallback !== undefined) return fallback
    throw error
  }
}
