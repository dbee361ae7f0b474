/** The files of a node before its process begins. */
import { join } from "node:path"
import type { LiveNode } from "../../engine/Live.ts"
import type { Workspace } from "../../process/Executor.ts"
import type { Script, Template } from "../Manifest.ts"
import { BadArgument, keyOf } from "./arguments.ts"
import { placeText } from "./ArtifactFolder.ts"
import type { Frame } from "./Frame.ts"
import { nodeId } from "./naming.ts"
import { mountsOf } from "./volumes.ts"

/** Opens the private directory of a node with its volumes. Throws BadArgument. */
export const openWorkspace = (frame: Frame, live: LiveNode, template: Template, container: Script): Workspace => {
  const directory = join(frame.session.parts.directory, "nodes", nodeFolder(frame, live))
  const { executor, directory: run, spec, stores } = frame.session.parts
  const claims = (spec.volumeClaimTemplates ?? []).map((it) =>
    String((it as { metadata?: { name?: string } }).metadata?.name)
  )
  const mounts = mountsOf(container, template, { run, node: directory, stores, volumes: spec.volumes ?? [], claims })
  return executor().open(directory, mounts)
}

const nodeFolder = (frame: Frame, live: LiveNode): string =>
  `${nodeId("node", frame.place.name)}-${live.run.ledger.nodes.get(live.path)?.reruns ?? 0}-${
    nodeId("", live.path).slice(1)
  }`

/** Puts input artifacts where the template wants them. Throws BadArgument. */
export const placeInputs = (frame: Frame, workspace: Workspace): void => {
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
