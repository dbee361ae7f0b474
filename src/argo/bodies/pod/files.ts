/** The files of a node before its process begins. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import type { Workspace } from "../../../process/Executor.ts"
import type { Script, Volume } from "../../document/Container.ts"
import type { Artifact, Template } from "../../document/Manifest.ts"
import { substitute, substituteAll, type Substitution } from "../../language/template/substitute.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { keyOf } from "../../artifact/location.ts"
import { scratchIn } from "../../artifact/leaving.ts"
import { type Frame, substitution } from "../../compile/Frame.ts"
import { fileName } from "../../document/fileName.ts"
import { nodeId } from "../../compile/naming.ts"
import type { NodeResult } from "../../values/Result.ts"
import { mountsOf } from "./volumes.ts"

/** The files of a node: a directory for its volumes, and a workspace beside it for each of its containers. */
export interface PodFiles {
  /** The workspace of a container with its volumes, opened when it is asked for first. Throws BadArgument. */
  readonly open: (container: Script, name: string) => Workspace
  /** Ends what the containers left, and removes the files. */
  readonly remove: Effect.Effect<void>
}

const podFiles = (frame: Frame, live: LiveNode, template: Template, how: Substitution): PodFiles => {
  const opened = new Map<string, Workspace>()
  const directory = join(frame.session.parts.directory, "nodes", nodeFolder(frame, live))
  const { executor, directory: run, spec, stores } = frame.session.parts
  const claims = (spec.volumeClaimTemplates ?? []).map((it) =>
    String((it as { metadata?: { name?: string } }).metadata?.name)
  )
  const volumeOf = (name: string): Volume | undefined => {
    const shared = spec.volumes?.find((it) => it.name === name)
    return template.volumes?.find((it) => it.name === name) ?? (shared && substituteAll(shared, how))
  }
  const folders = { run, node: directory, stores, volumeOf, claims }
  return {
    open: (container, name) => {
      const workspace = opened.get(name) ??
        executor().open(`${directory}.${fileName(name)}`, mountsOf(container, template, folders))
      opened.set(name, workspace)
      return workspace
    },
    remove: Effect.suspend(() => {
      const workspaces = [...opened.values()]
      const closed = Effect.forEach(workspaces, ({ close }) => close, { concurrency: "unbounded", discard: true })
      return Effect.andThen(closed, frame.session.removals.add([directory, ...workspaces.flatMap(({ own }) => own)]))
    })
  }
}

const nodeFolder = (frame: Frame, live: LiveNode): string =>
  `${nodeId("node", frame.place.name)}-${live.run.ledger.nodes.get(live.path)?.reruns ?? 0}-${
    nodeId("", live.path).slice(1)
  }`

/** Gives work the files of its node and the template filled in; removes the files afterwards. */
export const withFiles = (
  frame: Frame,
  live: LiveNode,
  work: (template: Template, files: PodFiles, how: Substitution) => Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const how = withPaths(frame)
    const template = substituteAll(frame.template, how)
    return Effect.acquireUseRelease(
      Effect.sync(() => podFiles(frame, live, template, how)),
      (files) => Effect.suspend(() => work(template, files, how)),
      (files) => files.remove
    )
  })

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

/** Puts input artifacts where the template wants them. */
export const placeInputs = (frame: Frame, workspace: Workspace): Effect.Effect<void, BadArgument> =>
  Effect.forEach(
    frame.bound.artifacts,
    ([name, artifact]) => {
      const to = workspace.place(artifact.path ?? `/tmp/${name}`)
      const loaded = frame.session.parts.artifacts.load(artifact, to, scratchIn(workspace.directory, name))
      return Effect.matchEffect(loaded, {
        onFailure: ({ message }) => Effect.fail(new BadArgument(`artifact ${name} failed to load: ${message}`)),
        onSuccess: (found) => {
          if (found || artifact.optional === true) return Effect.void
          return Effect.fail(new BadArgument(`artifact ${name} failed to load: there is nothing ${whereOf(artifact)}`))
        }
      })
    },
    { discard: true }
  )

const whereOf = (artifact: Artifact): string => {
  const part = artifact.subPath === undefined ? "" : `, part "${artifact.subPath}"`
  return `${artifact.http === undefined ? `under the key "${keyOf(artifact)}"` : `at ${artifact.http.url}`}${part}`
}
