/** What comes out of steps and DAG templates. */
import type { Artifact, Parameter } from "../document/Manifest.ts"
import { substitute, type Substitution, Unresolved } from "../language/template/substitute.ts"
import type { Variables } from "../language/template/Variables.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { expressionText } from "./arguments.ts"
import { readLocation } from "../artifact/location.ts"
import type { OutputArtifact, OutputParameter, Outputs } from "./Result.ts"
import type { Frame } from "../compile/Frame.ts"

/** The outputs of a composite from what its children gave. Throws Unresolved or BadArgument. */
export const compositeOutputs = (frame: Frame, variables: Variables, absent: (tag: string) => boolean): Outputs => {
  const how = { variables: variables.with(frame.session.changing), now: frame.session.parts.now }
  const { outputs } = frame.template
  const parameters = (outputs?.parameters ?? []).flatMap((it) => parameterOf(it, how, absent) ?? [])
  const artifacts = (outputs?.artifacts ?? []).flatMap((it) => artifactOf(it, how, absent) ?? [])
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(artifacts.length === 0 ? {} : { artifacts })
  }
}

const parameterOf = (
  parameter: Parameter,
  how: Substitution,
  absent: (tag: string) => boolean
): OutputParameter | undefined => {
  const value = valueOf(parameter, how, absent)
  return value === undefined ? undefined : named(parameter, value, how)
}

/** An output parameter with its value. */
export const named = (parameter: Parameter, value: string, how: Substitution): OutputParameter => ({
  name: parameter.name ?? "",
  value,
  ...(parameter.globalName === undefined ? {} : { globalName: substitute(parameter.globalName, how) })
})

const valueOf = (
  { name, value, valueFrom }: Parameter,
  how: Substitution,
  absent: (tag: string) => boolean
): string | undefined => {
  if (value !== undefined) return substitute(value, how)
  const fallback = valueFrom?.default
  try {
    if (valueFrom?.expression !== undefined) return expressionText(valueFrom.expression, how)
    if (valueFrom?.parameter !== undefined) return substitute(valueFrom.parameter, how)
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error
    if (fallback !== undefined) return substitute(fallback, how)
    if (absent(error.tag.replace(/^\{\{|\}\}$/g, "").trim())) return undefined
    throw error
  }
  if (fallback !== undefined) return substitute(fallback, how)
  throw new BadArgument(`output parameter "${name}" has no value`)
}

const artifactOf = (
  artifact: Artifact,
  how: Substitution,
  absent: (tag: string) => boolean
): OutputArtifact | undefined => {
  const source = artifact.from ?? artifact.fromExpression ?? ""
  try {
    const text = artifact.from === undefined ? expressionText(source, how) : substitute(source, how)
    const { key, ...bucket } = readLocation(text)?.s3 ?? {}
    const { artifact: id, sha256, size } = JSON.parse(text) as Partial<OutputArtifact>
    if (key === undefined) throw new BadArgument(`"${source}" does not name an artifact that was saved`)
    return {
      name: artifact.name ?? "",
      key,
      ...(bucket.bucket === undefined ? {} : { s3: bucket }),
      ...(id === undefined ? {} : { artifact: id, size, sha256 }),
      ...(artifact.globalName === undefined ? {} : { globalName: substitute(artifact.globalName, how) })
    }
  } catch (error) {
    const gone = error instanceof Unresolved &&
      (artifact.optional === true || absent(source.replace(/^\s*\{\{|\}\}\s*$/g, "").trim()))
    if (gone) return undefined
    if (error instanceof SyntaxError) throw new BadArgument(`"${source}" does not name an artifact`)
    throw error
  }
}
