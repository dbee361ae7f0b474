/** What comes out of a process: parameters from files, artifacts into the store. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { lookAt, readText } from "../../../files/mod.ts"
import type { Workspace } from "../../../process/Executor.ts"
import type { Artifact, Parameter, Template } from "../../document/Manifest.ts"
import { objectName } from "../../artifact/packing.ts"
import { substitute, type Substitution } from "../../language/template/substitute.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { keyOf } from "../../artifact/location.ts"
import { gcOf } from "../../compile/endOfRun.ts"
import { type Frame, substitution } from "../../compile/Frame.ts"
import { podName } from "../../compile/naming.ts"
import { messageFrom } from "../../document/messageFrom.ts"
import { named } from "../../values/outputs.ts"
import type { OutputArtifact, OutputParameter, Outputs } from "../../values/Result.ts"

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
export const collect = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  workspace: Workspace,
  how: Substitution
): Effect.Effect<Collected> =>
  Effect.gen(function* () {
    const missing: Array<string> = []
    const attempt = <A>(get: () => Effect.Effect<A, BadArgument>): Effect.Effect<ReadonlyArray<A>> =>
      Effect.suspend(get).pipe(
        Effect.map((value) => [value]),
        Effect.catchCause((cause) => {
          if (Cause.hasInterrupts(cause)) return Effect.failCause(cause as Cause.Cause<never>)
          missing.push(messageFrom(Cause.squash(cause)))
          return Effect.succeed([])
        })
      )
    const parameters = yield* Effect.forEach(template.outputs?.parameters ?? [], (it) =>
      attempt(() => Effect.sync(() => readParameter(it, workspace, how))))
    const artifacts = (yield* Effect.forEach(template.outputs?.artifacts ?? [], (it) =>
      attempt(() =>
        saveArtifact(frame, live, it, workspace)
      ))).flat().flatMap((it) =>
        it ?? []
      )
    return { missing, outputs: outputsOf(parameters.flat(), artifacts) }
  })

const outputsOf = (parameters: ReadonlyArray<OutputParameter>, artifacts: ReadonlyArray<OutputArtifact>): Outputs => ({
  ...(parameters.length === 0 ? {} : { parameters }),
  ...(artifacts.length === 0 ? {} : { artifacts })
})

const largestParameter = 1_048_576

const readParameter = (parameter: Parameter, workspace: Workspace, how: Substitution): OutputParameter => {
  const { value, valueFrom } = parameter
  if (value !== undefined) return named(parameter, value, how)
  const text = valueFrom?.path === undefined ? undefined : textAt(workspace, valueFrom.path)
  if (text !== undefined) return named(parameter, text.replace(/\n$/, ""), how)
  if (valueFrom?.default !== undefined) return named(parameter, valueFrom.default, how)
  throw new BadArgument(
    `can't find output parameter "${parameter.name}": ${valueFrom?.path ?? "no path"}: no such file`
  )
}

const textAt = (workspace: Workspace, path: string): string | undefined => {
  const file = workspace.find(path)
  const size = lookAt(file)?.size ?? 0
  if (size > largestParameter) {
    throw new BadArgument(`${path} has ${size} bytes, an output parameter may have ${largestParameter}`)
  }
  return readText(file, largestParameter)
}

const saveArtifact = (
  frame: Frame,
  live: LiveNode,
  artifact: Artifact,
  workspace: Workspace
): Effect.Effect<OutputArtifact | undefined, BadArgument> => {
  const { session } = frame
  const file = workspace.find(artifact.path ?? "")
  const name = artifact.name ?? ""
  if (lookAt(file) === undefined) {
    if (artifact.optional === true) return Effect.succeed(undefined)
    throw new BadArgument(`can't find output artifact "${name}": ${artifact.path}: no such file or directory`)
  }
  const { artifacts } = session.parts
  const bucket = artifacts.bucket(artifact.s3 ?? frame.template.archiveLocation?.s3)
  const key = keyOf(artifact) ?? (bucket === undefined ? undefined : remoteKey(frame, artifact))
  const gc = gcOf(artifact, session.parts)
  return Effect.map(
    artifacts.save(live, { artifact, key, from: file, bucket, gc, directory: workspace.directory }),
    (saved) => ({
      name,
      ...saved,
      ...(artifact.path === undefined ? {} : { path: artifact.path }),
      ...(artifact.globalName === undefined ? {} : { globalName: artifact.globalName })
    })
  )
}

const remoteKey = (frame: Frame, artifact: Artifact): string => {
  const { place, session, template } = frame
  const format = template.archiveLocation?.s3?.key ?? session.parts.artifacts.keyFormat
  const variables = frame.variables.with([["pod.name", podName(session.parts.name, place.name, template.name ?? "")]])
  return `${substitute(format, { ...substitution(frame), variables })}/${objectName(artifact)}`
}
