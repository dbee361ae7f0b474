/** Arguments of calls and inputs of templates: from manifests and variables to values. */
import type { Artifact, Parameter, Parameters, StoreDocument, Template } from "../document/Manifest.ts"
import { compileExpression, evaluateExpression } from "../language/expr/expression.ts"
import { substitute, substituteAll, type Substitution, Unresolved } from "../language/template/substitute.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { hasLocation, keyOf, locationOf, locationText, readLocation } from "../artifact/location.ts"
import type { Inputs } from "../compile/NodeMeta.ts"

/** Values passed to a template. */
export interface Arguments {
  readonly parameters: ReadonlyMap<string, string>
  readonly artifacts: ReadonlyMap<string, Artifact>
}

/** No arguments. */
export const noArguments: Arguments = { parameters: new Map(), artifacts: new Map() }

/** What a template works with: its inputs and the variables made of them. */
export interface Bound {
  readonly inputs: Inputs
  readonly artifacts: ReadonlyMap<string, Artifact>
  readonly variables: ReadonlyMap<string, string>
}

/**
 * The values of a call's arguments. What is only a reference to an output that a skipped node did not give (`absent`)
 * is left out, so that the input's default applies; so is an artifact that was not made and that the template called
 * takes as optional. Throws Unresolved or BadArgument.
 */
export const resolveArguments = (
  given: Parameters | undefined,
  how: Substitution,
  absent: (tag: string) => boolean,
  stores: ReadonlyArray<StoreDocument>,
  called?: Template
): Arguments => {
  const parameters = new Map<string, string>()
  for (const parameter of given?.parameters ?? []) {
    const value = parameterValue(parameter, how, absent, stores)
    if (value !== undefined) parameters.set(parameter.name ?? "", value)
  }
  const artifacts = new Map<string, Artifact>()
  for (const artifact of given?.artifacts ?? []) {
    const isOptional = called?.inputs?.artifacts?.some((it) => it.name === artifact.name && it.optional === true)
    const made = resolveArtifact(isOptional === true ? { ...artifact, optional: true } : artifact, how, absent)
    if (made !== undefined) artifacts.set(artifact.name ?? "", made)
  }
  return { parameters, artifacts }
}

const parameterValue = (
  parameter: Parameter,
  how: Substitution,
  absent: (tag: string) => boolean,
  stores: ReadonlyArray<StoreDocument>
): string | undefined => {
  if (parameter.value !== undefined) return substituteUnless(parameter.value, how, absent)
  const { valueFrom } = parameter
  if (valueFrom?.expression !== undefined) return expressionText(valueFrom.expression, how)
  if (valueFrom?.parameter !== undefined) return substitute(valueFrom.parameter, how)
  if (valueFrom?.configMapKeyRef !== undefined) {
    return storedText("ConfigMap", substituteAll(valueFrom.configMapKeyRef, how), stores) ?? valueFrom.default ??
      missing(`ConfigMap key for parameter "${parameter.name}"`)
  }
  return parameter.default === undefined ? undefined : substitute(parameter.default, how)
}

const missing = (what: string): never => {
  throw new BadArgument(`${what} was not found`)
}

const substituteUnless = (
  text: string,
  how: Substitution,
  absent: (tag: string) => boolean
): string | undefined => {
  const only = /^\s*\{\{\s*([^={}][^{}]*?)\s*\}\}\s*$/.exec(text)?.[1]
  return only !== undefined && how.variables.get(only) === undefined && absent(only) ? undefined : substitute(text, how)
}

/** The text of an expression's value. Throws Unresolved. */
export const expressionText = (source: string, how: Substitution): string =>
  substitute(`{{=${substitute(source, how)}}}`, how)

/** Whether an expression is true. Throws ExprError, Unresolved or BadArgument. */
export const expressionHolds = (source: string, how: Substitution): boolean => {
  const value = evaluateExpression(compileExpression(substitute(source, how)), how.variables.tree, { now: how.now })
  if (typeof value === "boolean") return value
  throw new BadArgument(`expression "${source}" is not true or false`)
}

/** The text under a key of a ConfigMap or Secret. */
export const storedText = (
  kind: StoreDocument["kind"],
  ref: { readonly name?: string; readonly key?: string },
  stores: ReadonlyArray<StoreDocument>
): string | undefined => {
  const found = stores.find((it) => it.kind === kind && it.metadata.name === ref.name)
  return found !== undefined && Object.hasOwn(found.data, ref.key ?? "") ? found.data[ref.key ?? ""] : undefined
}

const resolveArtifact = (
  artifact: Artifact,
  how: Substitution,
  absent: (tag: string) => boolean
): Artifact | undefined => {
  const { from, fromExpression, ...rest } = artifact
  if (from === undefined && fromExpression === undefined) return substituteAll(rest, how)
  const tag = from?.replace(/^\s*\{\{|\}\}\s*$/g, "").trim()
  try {
    const text = from === undefined ? expressionText(fromExpression!, how) : substitute(from, how)
    return { ...substituteAll(rest, how), ...sourceOf(text, from ?? fromExpression!) }
  } catch (error) {
    const gone = error instanceof Unresolved && (artifact.optional === true || (tag !== undefined && absent(tag)))
    if (gone) return undefined
    throw error
  }
}

const sourceOf = (text: string, source: string): Artifact => {
  const location = readLocation(text)
  if (location === undefined) throw new BadArgument(`"${source}" does not name an artifact`)
  return location
}

/** The inputs of a template from arguments, its own values and defaults. Throws BadArgument or Unresolved. */
export const bindInputs = (
  template: Template,
  args: Arguments,
  how: Substitution,
  stores: ReadonlyArray<StoreDocument>
): Bound => {
  const variables = new Map<string, string>()
  const parameters = (template.inputs?.parameters ?? []).map((input) => {
    const name = input.name ?? ""
    const value = args.parameters.get(name) ?? parameterValue(input, how, () => false, stores)
    if (value === undefined) throw new BadArgument(`inputs.parameters.${name} was not supplied`)
    variables.set(`inputs.parameters.${name}`, value)
    return { name, value }
  })
  if (parameters.length > 0) variables.set("inputs.parameters", JSON.stringify(parameters))
  const artifacts = bindArtifacts(template, args, { ...how, variables: how.variables.with(variables) }, variables)
  return {
    artifacts,
    variables,
    inputs: {
      parameters,
      ...(artifacts.size === 0 ? {} : { artifacts: [...artifacts].map(([name, it]) => artifactInput(name, it)) })
    }
  }
}

const artifactInput = (name: string, artifact: Artifact) => ({
  name,
  ...(artifact.path === undefined ? {} : { path: artifact.path }),
  ...(keyOf(artifact) === undefined ? {} : { key: keyOf(artifact)! })
})

const bindArtifacts = (
  template: Template,
  args: Arguments,
  how: Substitution,
  variables: Map<string, string>
): ReadonlyMap<string, Artifact> => {
  const bound = new Map<string, Artifact>()
  for (const input of template.inputs?.artifacts ?? []) {
    const name = input.name ?? ""
    const given = args.artifacts.get(name)
    const own = resolveArtifact(input, how, () => false) ?? {}
    const made = given === undefined ? own : { ...withoutLocation(own), ...locationOf(given), ...partOf(given) }
    if (input.path !== undefined) variables.set(`inputs.artifacts.${name}.path`, input.path)
    if (!hasLocation(made)) {
      if (input.optional === true || given?.optional === true) continue
      throw new BadArgument(`inputs.artifacts.${name} was not supplied`)
    }
    bound.set(name, made)
    variables.set(`inputs.artifacts.${name}`, locationText(made))
  }
  return bound
}

const withoutLocation = (
  { azure: _, gcs: __, git: ___, http: ____, oss: _____, raw: ______, s3: _______, ...rest }: Artifact
): Artifact => rest

const partOf = ({ subPath }: Artifact): Artifact => subPath === undefined ? {} : { subPath }
