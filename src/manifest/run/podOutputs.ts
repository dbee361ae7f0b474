/** What comes out of a process: parameters from files, artifacts into the store. */
import { existsSync, readFileSync, statSync } from "node:fs"
import type { Workspace } from "../../process/Executor.ts"
import type { Artifact, Parameter, Template } from "../Manifest.ts"
import type { Substitution } from "../template/substitute.ts"
import { BadArgument, keyOf } from "./arguments.ts"
import { isPerishable } from "./endOfRun.ts"
import type { Frame } from "./Frame.ts"
import { podName } from "./naming.ts"
import { messageFrom } from "./node.ts"
import { named } from "./outputs.ts"
import type { OutputArtifact, OutputParameter, Outputs } from "./Result.ts"

/** What was found. */
export interface Collected {
  readonly outputs: Outputs
  /** What should be there and is not. */
  readonly missing: ReadonlyArray<string>
}

/** Where a template says that its outputs are. */
export const outputPaths = ({ outputs }: Template): ReadonlyArray<string> => [
  ...new Set([
    ...(outputs?.parameters ?? []).flatMap(({ valueFrom }) => valueFrom?.path ?? []),
    ...(outputs?.artifacts ?? []).flatMap(({ path }) => path ?? [])
  ])
]

/** Collects all outputs that are there, also of a process that failed. */
export const collect = (frame: Frame, template: Template, workspace: Workspace, how: Substitution): Collected => {
  const missing: Array<string> = []
  const attempt = <A>(get: () => A | undefined): ReadonlyArray<A> => {
    try {
      const value = get()
      return value === undefined ? [] : [value]
    } catch (error) {
      missing.push(messageFrom(error))
      return []
    }
  }
  const parameters = (template.outputs?.parameters ?? []).flatMap((it) =>
    attempt(() => readParameter(it, workspace, how))
  )
  const artifacts = (template.outputs?.artifacts ?? []).flatMap((it) =>
    attempt(() => saveArtifact(frame, it, workspace))
  )
  return {
    missing,
    outputs: {
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(artifacts.length === 0 ? {} : { artifacts })
    }
  }
}

const largestParameter = 1_048_576

const readParameter = (parameter: Parameter, workspace: Workspace, how: Substitution): OutputParameter => {
  const { value, valueFrom } = parameter
  if (value !== undefined) return named(parameter, value, how)
  const file = workspace.find(valueFrom?.path ?? "")
  if (valueFrom?.path !== undefined && existsSync(file)) {
    const { size } = statSync(file)
    if (size > largestParameter) {
      throw new BadArgument(`${valueFrom.path} has ${size} bytes, an output parameter may have ${largestParameter}`)
    }
    return named(parameter, readFileSync(file, "utf8").replace(/\n$/, ""), how)
  }
  if (valueFrom?.default !== undefined) return named(parameter, valueFrom.default, how)
  throw new BadArgument(
    `can't find output parameter "${parameter.name}": ${valueFrom?.path ?? "no path"}: no such file`
  )
}

const saveArtifact = (frame: Frame, artifact: Artifact, workspace: Workspace): OutputArtifact | undefined => {
  const { session, place } = frame
  const file = workspace.find(artifact.path ?? "")
  const name = artifact.name ?? ""
  if (!existsSync(file)) {
    if (artifact.optional === true) return undefined
    throw new BadArgument(`can't find output artifact "${name}": ${artifact.path}: no such file or directory`)
  }
  const key = keyOf(artifact) ??
    `${session.parts.name}/${podName(session.parts.name, place.name, frame.template.name ?? "")}/${name}`
  session.parts.artifacts.put(key, file)
  const perishable = isPerishable(artifact, session.parts)
  if (perishable) session.perishable.add(key)
  return {
    name,
    key,
    ...(artifact.path === undefined ? {} : { path: artifact.path }),
    ...(artifact.globalName === undefined ? {} : { globalName: artifact.globalName }),
    ...(perishable ? { perishable } : {})
  }
}
