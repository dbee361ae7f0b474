/** Volumes of a node as mounts of host directories. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import type { Mount } from "../../process/Executor.ts"
import { isInside } from "../../process/isInside.ts"
import type { Container, Volume, VolumeMount } from "../Container.ts"
import type { StoreDocument, Template } from "../Manifest.ts"
import { fileName } from "../fileName.ts"
import { BadArgument } from "../BadArgument.ts"

/** Where directories of volumes are. */
export interface VolumeFolders {
  /** Of the run. */
  readonly run: string
  /** Of the node. */
  readonly node: string
  readonly stores: ReadonlyArray<StoreDocument>
  /** The volumes of the workflow, and the names of claims it makes for itself. */
  readonly volumes: ReadonlyArray<Volume>
  readonly claims: ReadonlyArray<string>
}

/** The mounts of a container. Throws BadArgument. */
export const mountsOf = (container: Container, template: Template, folders: VolumeFolders): ReadonlyArray<Mount> =>
  volumeMountsOf(container, template).map(({ mountPath = "/", name = "", readOnly, subPath }) => {
    const volume = [...template.volumes ?? [], ...folders.volumes].find((it) => it.name === name)
    const host = volume === undefined ? claimFolder(name, folders) : hostFolder(volume, folders)
    const path = join(host, normalize(`/${subPath ?? ""}`))
    if (!isInside(path, host)) throw new BadArgument(`the subPath "${subPath}" leads out of the volume '${name}'`)
    if (!existsSync(path)) mkdirSync(path, { recursive: true })
    const shared = volume?.hostPath === undefined && volume?.configMap === undefined && volume?.secret === undefined
    return { host: path.replace(/(?<=.)\/$/, ""), path: mountPath, shared, readonly: readOnly === true }
  })

/** Its own mounts, those of its container set and those it shares with the main container; of two at one path its own counts. */
export const volumeMountsOf = (container: Container, template: Template): ReadonlyArray<VolumeMount> => {
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
  mkdirSync(folder, { recursive: true })
  return folder
}

const hostFolder = (volume: Volume, folders: VolumeFolders): string => {
  if (volume.hostPath?.path !== undefined) return volume.hostPath.path
  if (volume.persistentVolumeClaim !== undefined) {
    return made(join(folders.run, "..", "claims", fileName(volume.persistentVolumeClaim.claimName ?? "")))
  }
  const { configMap, secret } = volume
  if (configMap !== undefined) return stored("ConfigMap", configMap.name, configMap.items, volume, folders)
  if (secret !== undefined) return stored("Secret", secret.secretName, secret.items, volume, folders)
  return made(join(folders.node, "volumes", fileName(volume.name ?? "")))
}

const stored = (
  kind: StoreDocument["kind"],
  name: string | undefined,
  items: ReadonlyArray<{ readonly key?: string; readonly path?: string }> | undefined,
  volume: Volume,
  folders: VolumeFolders
): string => {
  const found = folders.stores.find((it) => it.kind === kind && it.metadata.name === name)
  if (found === undefined) {
    throw new BadArgument(`${kind} '${name}' of volume '${volume.name}' is not in the given files`)
  }
  const folder = made(join(folders.node, "volumes", fileName(volume.name ?? "")))
  const files = items ?? Object.keys(found.data).map((key) => ({ key, path: key }))
  for (const { key = "", path = key } of files) {
    const file = join(folder, normalize(`/${path}`))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, found.data[key] ?? "")
  }
  return folder
}
