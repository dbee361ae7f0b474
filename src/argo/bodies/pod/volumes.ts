/** Volumes of a node as mounts of host directories. */
import { chmodSync, mkdirSync, readdirSync } from "node:fs"
import { join, posix } from "node:path"
import { lookAt, makeIn, putText, realPath, rootView } from "../../../files/mod.ts"
import type { Mount } from "../../../process/Executor.ts"
import type { Container, Volume, VolumeMount } from "../../document/Container.ts"
import type { StoreDocument, Template } from "../../document/Manifest.ts"
import { fileName } from "../../document/fileName.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { hostPathOf } from "./hostPath.ts"
import { own } from "../../../workflow/own.ts"

/** Where directories of volumes are. */
export interface VolumeFolders {
  /** Of the run. */
  readonly run: string
  /** Of the node. */
  readonly node: string
  readonly stores: ReadonlyArray<StoreDocument>
  /** A volume of the template or of the workflow by its name, filled in with what the node knows. */
  readonly volumeOf: (name: string) => Volume | undefined
  /** The names of claims that the workflow makes for itself. */
  readonly claims: ReadonlyArray<string>
}

/** The mounts of a container. Throws BadArgument. */
export const mountsOf = (container: Container, template: Template, folders: VolumeFolders): ReadonlyArray<Mount> =>
  volumeMountsOf(container, template).map(({ mountPath = "/", name = "", readOnly, subPath }) => {
    const volume = folders.volumeOf(name)
    const host = volume === undefined ? claimFolder(name, folders) : hostFolder(volume, folders)
    const path = subPath === undefined ? host : join(host, within(host, subPath, name))
    const shared = volume?.hostPath === undefined && volume?.configMap === undefined && volume?.secret === undefined
    return { host: path.replace(/(?<=.)\/$/, ""), path: mountPath, shared, readonly: readOnly === true }
  })

/** Where a part of a volume is in it, made if need be. */
const within = (host: string, subPath: string, name: string): string => {
  const spot = { view: rootView(host), path: posix.resolve("/", `./${subPath}`) }
  try {
    const path = realPath(spot, "any")
    if (lookAt({ ...spot, path }) === undefined) makeIn({ ...spot, path })
    return path
  } catch (error) {
    throw new BadArgument(`the subPath "${subPath}" leads out of the volume '${name}': ${(error as Error).message}`)
  }
}

/**
 * Its own mounts, those of its container set and those it shares
 * with the main container; of two at one path its own counts.
 */
const volumeMountsOf = (container: Container, template: Template): ReadonlyArray<VolumeMount> => {
  const { containerSet, script } = template
  const main = container.mirrorVolumeMounts === true ? (script ?? template.container)?.volumeMounts : undefined
  const all = [...main ?? [], ...containerSet?.volumeMounts ?? [], ...container.volumeMounts ?? []]
  return [...new Map(all.map((mount) => [mount.mountPath, mount])).values()]
}

const claimFolder = (name: string, { claims, run }: VolumeFolders): string => {
  if (claims.includes(name)) return made(join(run, "claims", fileName(name)))
  throw new BadArgument(`volume '${name}' not found in workflow spec`)
}

const made = (folder: string): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

const hostFolder = (volume: Volume, folders: VolumeFolders): string => {
  if (volume.hostPath?.path !== undefined) return hostPathOf(volume)
  if (volume.persistentVolumeClaim !== undefined) {
    return made(join(folders.run, "..", "claims", fileName(volume.persistentVolumeClaim.claimName ?? "")))
  }
  const { configMap, secret } = volume
  if (configMap !== undefined) return stored("ConfigMap", configMap.name, configMap, volume, folders)
  if (secret !== undefined) return stored("Secret", secret.secretName, secret, volume, folders)
  return made(join(folders.node, "volumes", fileName(volume.name ?? "")))
}

const stored = (
  kind: StoreDocument["kind"],
  name: string | undefined,
  { items, optional }: NonNullable<Volume["configMap"]>,
  volume: Volume,
  folders: VolumeFolders
): string => {
  const found = folders.stores.find((it) => it.kind === kind && it.metadata.name === name)
  if (found === undefined && optional !== true) {
    throw new BadArgument(`${kind} '${name}' of volume '${volume.name}' is not in the given files`)
  }
  const folder = made(join(folders.node, "volumes", fileName(volume.name ?? "")))
  const data = found?.data ?? {}
  const files = found === undefined ? [] : items ?? Object.keys(data).map((key) => ({ key, path: key }))
  for (const { key = "", path = key } of files) {
    putText({ view: rootView(folder, "none"), path: posix.resolve("/", `./${path}`) }, own(data, key) ?? "", 0o644)
  }
  openToContainer(folder)
  return folder
}

/**
 * A container may have a user of its own, which reads what is
 * mounted; the directories above keep other users of this host out.
 */
const openToContainer = (folder: string): void => {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openToContainer(join(folder, entry.name))
  }
}
