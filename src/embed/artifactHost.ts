/**
 * The artifacts of an engine: its stores, by default a directory
 * beside the state file, and the mover, loaded when first needed.
 */
import { readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import type { ArtifactStore } from "../artifact/Store.ts"
import type { ArtifactHost, ArtifactMover } from "../engine/artifacts/ArtifactHost.ts"
import { Claims } from "../engine/artifacts/Claims.ts"
import { Gate } from "../engine/artifacts/Gate.ts"
import type { ArtifactGC } from "../workflow/Artifact.ts"
import { OpenStores } from "./OpenStores.ts"
import { type RetentionOption, toRetention } from "../workflow/Retention.ts"

/** How an engine keeps artifacts. */
export interface ArtifactOptions {
  /** Where artifacts go that name no store; default a directory beside the state file, or memory for `":memory:"`. */
  readonly store?: ArtifactStore
  /** Further stores by name. */
  readonly stores?: Readonly<Record<string, ArtifactStore>>
  /**
   * With a database: that directories named as stores are mounts which every machine reaches. Default false, and then
   * only stores such as `s3Store` are taken.
   */
  readonly shared?: boolean
  /** When artifacts are deleted, where neither they nor their workflow say; default `"OnWorkflowDeletion"`. */
  readonly gc?: ArtifactGC
}

/** What an engine is opened with. */
export interface ArtifactHostOptions {
  readonly artifacts?: ArtifactOptions | undefined
  readonly ttl?: RetentionOption | undefined
  /** The state file; absent for a journal in memory, and for a database. */
  readonly file?: string | undefined
  /** Whether runs may go on on another machine, so that what is kept on this one is lost to them; default false. */
  readonly isShared?: boolean
  /** What the state file survives; artifacts beside it survive as much. */
  readonly durability?: "power" | "process" | undefined
  /** Other users who may use the state file, and artifacts beside it. */
  readonly group?: number | undefined
  /** Nothing may be written beside the state file; default false. */
  readonly readOnly?: boolean
  /** This process's number in the file. */
  readonly process: number
  readonly isAlive: (process: number) => Promise<boolean>
}

/** Puts an engine's artifacts together. */
export const artifactHost = (options: ArtifactHostOptions): ArtifactHost => {
  const { artifacts = {}, ttl } = options
  let mover: Promise<ArtifactMover> | undefined
  const stores = new OpenStores()
  for (const [name, store] of named(artifacts)) stores.give(name, store)
  return {
    stores: stores.names,
    add: stores.add,
    reachable: stores.reachable,
    find: async (place) => {
      await (mover ??= loadMover(options, stores))
      return await stores.find(place)
    },
    gc: artifacts.gc ?? "OnWorkflowDeletion",
    retention: toRetention(ttl),
    claims: new Claims(),
    gate: new Gate(),
    mover: () => mover ??= loadMover(options, stores),
    close: async () => (await mover)?.close()
  }
}

/** Stores by name; the default one is `undefined` when it was not chosen. */
const named = (
  { store, stores = {} }: ArtifactOptions
): ReadonlyArray<readonly [string, ArtifactStore | undefined]> => [
  ["default", store],
  ...Object.entries(stores)
]

const loadMover = async (options: ArtifactHostOptions, stores: OpenStores): Promise<ArtifactMover> => {
  const { makeMover } = await import("../store/mover.ts")
  const beside = stores.names.get("default")!
  if (stores.get(beside) === undefined) stores.set(beside, options.artifacts?.store ?? await defaultStore(options))
  await removeLeftovers(options)
  return makeMover({ store: stores.get, workRoot: workRoot(options) })
}

const defaultStore = async ({ durability, file, group, isShared }: ArtifactHostOptions): Promise<ArtifactStore> => {
  if (isShared === true) return (await import("../store/absent.ts")).absentStore()
  if (file === undefined) return (await import("../store/memory.ts")).memoryStore()
  const { diskStore } = await import("../store/disk/diskStore.ts")
  return diskStore(`${file}-artifacts`, {
    ...(durability === undefined ? {} : { durability }),
    ...(group === undefined ? {} : { group })
  })
}

let rootsElsewhere = 0

/**
 * Where this engine makes work directories: its own folder in the
 * one beside the state file, or one that no other engine has.
 */
const workRoot = ({ file, process: self, readOnly }: ArtifactHostOptions): string =>
  file === undefined || readOnly === true
    ? join(tmpdir(), `pinnace-work-${process.pid}-${++rootsElsewhere}`)
    : join(workFolder(file), String(self))

const workFolder = (file: string): string => `${file}-work`

/** Work directories of processes that died. */
const removeLeftovers = async ({ file, isAlive, process: self, readOnly }: ArtifactHostOptions): Promise<void> => {
  if (file === undefined || readOnly === true) return
  const root = workFolder(file)
  const names = await readdir(root).catch(() => [])
  const others = names.filter((name) => /^\d+$/.test(name) && Number(name) !== self)
  await Promise.all(others.map(async (name) => {
    if (!await isAlive(Number(name))) await rm(join(root, name), { recursive: true, force: true })
  }))
}
