/** Containers and scripts: inputs in, a process, outputs out. */
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LiveNode } from "../../engine/Live.ts"
import { makeLog } from "../../engine/log.ts"
import { type Exited, SpawnFailed, type Workspace } from "../../process/Executor.ts"
import { defaultCommand } from "../../process/tools.ts"
import { durationMillis } from "../duration.ts"
import type { Artifact, Parameter, Script, Template } from "../Manifest.ts"
import { substitute, substituteAll, type Substitution } from "../template/substitute.ts"
import { BadArgument, keyOf } from "./arguments.ts"
import { placeText } from "./ArtifactFolder.ts"
import { environmentOf } from "./environment.ts"
import { messageFrom } from "./node.ts"
import { nodeId, podName } from "./naming.ts"
import { named } from "./outputs.ts"
import {
  errored,
  failed,
  type NodeResult,
  type OutputArtifact,
  type OutputParameter,
  type Outputs,
  succeeded
} from "./Result.ts"
import { type Frame, substitution } from "./template.ts"
import { mountsOf } from "./volumes.ts"

/** Runs the process of a container or script template inside its node. */
export const runPod = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const how = withPaths(frame)
    const template = substituteAll(frame.template, how)
    const container: Script = template.script ?? template.container ?? {}
    const directory = join(frame.session.parts.directory, "nodes", nodeFolder(frame, live))
    return Effect.acquireUseRelease(
      Effect.sync(() => openWorkspace(frame, template, container, directory)),
      (workspace) => inWorkspace(frame, live, template, container, workspace, how),
      (workspace) => Effect.sync(() => workspace.remove())
    )
  })

const nodeFolder = (frame: Frame, live: LiveNode): string =>
  `${nodeId("node", frame.place.name)}-${live.run.ledger.nodes.get(live.path)?.reruns ?? 0}-${
    nodeId("", live.path).slice(1)
  }`

/** Paths of inputs and outputs can be read as variables too. */
const withPaths = (frame: Frame): Substitution => {
  const how = substitution(frame)
  const outputs = frame.template.outputs
  const paths = [
    ...(outputs?.parameters ?? []).map((it) =>
      [`outputs.parameters.${it.name}.path`, it.valueFrom?.path ?? ""] as const
    ),
    ...(outputs?.artifacts ?? []).map((it) => [`outputs.artifacts.${it.name}.path`, it.path ?? ""] as const)
  ].map(([name, path]) => [name, substitute(path, how)] as const)
  return { ...how, variables: how.variables.with(paths) }
}

const openWorkspace = (frame: Frame, template: Template, container: Script, directory: string): Workspace => {
  const { executor, directory: run, spec, stores } = frame.session.parts
  const claims = (spec.volumeClaimTemplates ?? []).map((it) =>
    String((it as { metadata?: { name?: string } }).metadata?.name)
  )
  const mounts = mountsOf(container, template, { run, node: directory, stores, volumes: spec.volumes ?? [], claims })
  return executor().open(directory, mounts)
}

const inWorkspace = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  container: Script,
  workspace: Workspace,
  how: Substitution
): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    try {
      placeInputs(frame, workspace)
    } catch (error) {
      return errored(`init: Error (exit code 64): ${messageFrom(error)}`)
    }
    const command = commandOf(frame, container, template.script !== undefined)
    const log = makeLog(live, 1)
    const run = workspace.run({
      ...command,
      onOutput: lines((stream, line) => stream === "stderr" ? log.warn(line) : log.info(line))
    })
    const limit = deadlineOf(template)
    const limited = limit === undefined
      ? Effect.map(run, Option.some)
      : Effect.timeoutOption(run, Duration.millis(limit))
    const ended = yield* Effect.match(limited, { onSuccess: (exited) => exited, onFailure: (error) => error })
    if (ended instanceof SpawnFailed) return failed(`main: Error (exit code 64): ${ended.message}`, { exitCode: "64" })
    if (Option.isNone(ended)) return failed("Pod was active on the node longer than the specified deadline")
    return resultOf(frame, template, workspace, ended.value, how)
  })

const deadlineOf = ({ activeDeadlineSeconds, timeout }: Template): number | undefined => {
  const limits = [activeDeadlineSeconds, timeout].flatMap((text) =>
    text === undefined ? [] : durationMillis(text) ?? []
  )
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** Output as whole lines. */
const lines = (each: (stream: "stdout" | "stderr", line: string) => void) => {
  const rest = { stdout: "", stderr: "" }
  return (stream: "stdout" | "stderr", text: string): void => {
    const [last = "", ...whole] = `${rest[stream]}${text}`.split("\n").reverse()
    for (const line of whole.reverse()) each(stream, line)
    rest[stream] = last.length > 16_384 ? "" : last
    if (last.length > 16_384) each(stream, last)
  }
}

const commandOf = (frame: Frame, container: Script, isScript: boolean) => {
  const { name, owner: { document: { metadata } }, stores } = frame.session.parts
  const command = container.command ?? defaultCommand(container.image ?? "") ?? []
  const pod = {
    name: podName(name, frame.place.name, frame.template.name ?? ""),
    namespace: metadata.namespace ?? "default",
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {}
  }
  return {
    argv: [...command, ...container.args ?? []],
    env: {
      ...environmentOf(container, stores, pod),
      ARGO_TEMPLATE: frame.template.name ?? "",
      ARGO_NODE_ID: nodeId(name, frame.place.name)
    },
    script: isScript ? container.source ?? "" : undefined,
    workingDirectory: container.workingDir
  }
}

const placeInputs = (frame: Frame, workspace: Workspace): void => {
  for (const [name, artifact] of frame.bound.artifacts) {
    const to = workspace.place(artifact.path ?? `/tmp/${name}`)
    if (artifact.raw !== undefined) placeText(to, artifact.raw.data ?? "")
    else if (
      !frame.session.parts.artifacts.get(keyOf(artifact) ?? "", to, artifact.subPath) && artifact.optional !== true
    ) {
      throw new BadArgument(`artifact ${name} failed to load: there is nothing under the key "${keyOf(artifact)}"`)
    }
  }
}

const resultOf = (
  frame: Frame,
  template: Template,
  workspace: Workspace,
  exited: Exited,
  how: Substitution
): NodeResult => {
  const { missing, outputs } = collect(frame, template, workspace, how)
  const all: Outputs = { ...outputs, exitCode: String(exited.code), ...(resultText(frame, exited)) }
  if (exited.code !== 0) return failed(`main: Error (exit code ${exited.code})`, all)
  if (missing.length > 0) return errored(`wait: Error (exit code 64): ${missing.join("; ")}`, all)
  return succeeded(all)
}

const resultText = (frame: Frame, { stdout }: Exited): { readonly result?: string } => {
  const step = /([^.\])]+)(?:\([^()]*\))*$/.exec(frame.place.name)?.[1] ?? ""
  return frame.session.parts.readsResult(step) ? { result: stdout.replace(/\n$/, "") } : {}
}

interface Collected {
  readonly outputs: Outputs
  /** What should be there and is not. */
  readonly missing: ReadonlyArray<string>
}

const collect = (frame: Frame, template: Template, workspace: Workspace, how: Substitution): Collected => {
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
  return {
    name,
    key,
    ...(artifact.path === undefined ? {} : { path: artifact.path }),
    ...(artifact.globalName === undefined ? {} : { globalName: artifact.globalName })
  }
}
