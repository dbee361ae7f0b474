/** The artifacts of a run, whoever saved them: rows of the engine, or files of a manifest's run. */
import { mkdirSync, mkdtempSync } from "node:fs"
import { cp, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { bytesOf } from "../../engine/artifacts/bytes.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { ManifestNode } from "../../argo/mod.ts"
import type { S3Location } from "../../argo/document/Locations.ts"
import type { ArtifactView } from "../../run/view.ts"
import type { Shell } from "../Shell.ts"
import { filesOf } from "../arguments/source.ts"
import { NotThere } from "../Usage.ts"
import { isManifestRun } from "../../view/runHead.ts"

/** An artifact that can be copied. */
export interface ShownArtifact {
  readonly id: string
  readonly name: string
  readonly run: string
  readonly node: string
  /** Bytes as stored, where that is known. */
  readonly size: number | undefined
  readonly mediaType: string
  readonly state: string
  /** The folder that holds it under its id, where it is a file of this machine as it stands. */
  readonly folder?: string
  /** Makes it again as a file or directory at a path that does not exist. */
  readonly copy: (to: string) => Promise<void>
}

/** All artifacts of a run. */
export const artifactsOf = async (
  pinnace: Pinnace,
  run: RunHandle,
  shell: Shell
): Promise<ReadonlyArray<ShownArtifact>> => {
  if (!isManifestRun(await run.status())) return (await run.artifacts()).map((row) => ofRow(pinnace, row, row.path))
  const { viewRun } = await import("../../argo/view.ts")
  const nodes = (await Effect.runPromise(viewRun(pinnace.engine, run.id)))?.nodes ?? []
  const names = new Map(nodes.map(({ name, path }) => [path, name]))
  const own = (await run.artifacts()).map((row) => ofRow(pinnace, row, names.get(row.path) ?? row.path))
  return [...own, ...await ofEarlier(run, nodes, shell)]
}

const ofRow = (pinnace: Pinnace, row: ArtifactView, node: string): ShownArtifact => ({
  id: row.artifact,
  name: row.name,
  run: row.run,
  node,
  size: row.size,
  mediaType: row.mediaType,
  state: row.state,
  copy: async (to) => {
    const bytes = await bytesOf(pinnace.engine, row)
    if (bytes === undefined) {
      throw new NotThere(
        `artifact "${row.name}" is in the store "${row.store}", which only its app knows`
      )
    }
    mkdirSync(dirname(to), { recursive: true })
    await Effect.runPromise(bytes.mover.restore(bytes.store, row, to, undefined))
  }
})

/** What earlier versions saved, which is not in rows. */
const ofEarlier = async (
  run: RunHandle,
  nodes: ReadonlyArray<ManifestNode>,
  shell: Shell
): Promise<ReadonlyArray<ShownArtifact>> => {
  const { fetchEarlier, sizeOfEarlier } = await import("../../argo/artifact/earlier.ts")
  const folder = join(await filesOf(shell), "artifacts")
  // A composite passes on what its children saved: that is the same artifact.
  const found = nodes.flatMap((node) =>
    (node.outputs.artifacts ?? []).filter((it) => it.artifact === undefined).map((it) => ({ ...it, node: node.name }))
  )
  return [...new Map(found.toReversed().map((it) => [it.key, it])).values()].toReversed().map((artifact) => {
    const { key, name, node, s3 } = artifact
    if (s3 !== undefined) return inBucket(run.id, artifact, s3)
    const size = sizeOfEarlier(folder, key)
    return {
      id: key,
      name,
      run: run.id,
      node,
      size,
      mediaType: "application/octet-stream",
      state: size === undefined ? "deleted" : "live",
      folder,
      copy: async (to) => {
        await arrive(to, async (part) => fetchEarlier(folder, key, part), `artifact "${name}" of ${node} is gone`)
      }
    }
  })
}

/** What a manifest has saved in a bucket; only its names are recorded, so credentials are those of the environment. */
const inBucket = (
  run: string,
  { key, name, node }: { readonly key: string; readonly name: string; readonly node: string },
  s3: S3Location
): ShownArtifact => ({
  id: `s3://${s3.bucket}/${key}`,
  name,
  run,
  node,
  size: undefined,
  mediaType: "application/octet-stream",
  state: "live",
  copy: async (to) => {
    const { Remote } = await import("../../argo/artifact/Remote.ts")
    const { accessKeySecret: _, secretKeySecret: __, sessionTokenSecret: ___, ...bucket } = s3
    const load = (part: string) =>
      Effect.runPromise(new Remote([]).load({ name, s3: { ...bucket, key } }, bucket, part, `${part}.packed`))
    await arrive(to, load, `artifact "${name}" of ${node} is gone`)
  }
})

/** Fetches beside a path, then puts it there, into a directory that is there already. Throws NotThere. */
const arrive = async (to: string, fetch: (part: string) => Promise<boolean>, missing: string): Promise<void> => {
  mkdirSync(dirname(to), { recursive: true })
  const part = mkdtempSync(`${to}.part-`)
  try {
    if (!await fetch(join(part, "it"))) throw new NotThere(missing)
    await cp(join(part, "it"), to, { recursive: true, verbatimSymlinks: true })
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
