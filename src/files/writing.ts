/**
 * What is put where a node sees it, and what is removed there.
 *
 * Invariants: directories on the way are found as the node sees them, then entered one by one without following a link;
 * nothing that exists is written through: a file or link in the way is replaced, and a directory is filled.
 */
import {
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { copyFile } from "node:fs/promises"
import { posix } from "node:path"
import { type Folder, openFolder } from "./Folder.ts"
import { partAt, type Spot, type View } from "./View.ts"
import { Escape, Walk } from "./Walk.ts"

/** Moves a file or directory of ours to a place. Rejects with Escape. */
export const putIn = async (spot: Spot, from: string): Promise<void> => {
  const { close, folder, name } = reach(spot)
  try {
    await put(folder, name, from)
  } finally {
    close()
  }
}

/** Puts a new file with a text at a place. Throws Escape. */
export const putText = (spot: Spot, text: string, mode: number = 0o644): void =>
  into(spot, (folder, name) => {
    const path = cleared(folder, name)
    writeFileSync(path, text, { flag: "wx", mode })
    chmodSync(path, mode)
  })

/** Makes a directory with all above it. Throws Escape. */
export const makeIn = (spot: Spot): void =>
  into(spot, (folder, name) => name === "" ? undefined : enter(folder, name).close())

/**
 * Removes what is at a place, a link itself and not what it
 * leads to; nothing happens when there is none. Throws Escape.
 */
export const removeIn = (spot: Spot): void => {
  const path = placeOf(spot)
  if (!isThere(spot.view, posix.dirname(path))) return
  into(spot, remove)
}

const isThere = (view: View, path: string): boolean => {
  const walk = new Walk(view)
  try {
    return walk.find(path)?.kind === "directory"
  } finally {
    walk.close()
  }
}

/** Where a place is without links; the last name may be one. */
const placeOf = ({ path, view }: Spot): string => {
  const whole = posix.resolve("/", path)
  const walk = new Walk(view)
  try {
    return posix.join(walk.real(posix.dirname(whole)), posix.basename(whole))
  } finally {
    walk.close()
  }
}

/** Gives work the directory of a place, made if need be, and the name in it. */
const into = (spot: Spot, work: (folder: Folder, name: string) => void): void => {
  const { close, folder, name } = reach(spot)
  try {
    work(folder, name)
  } finally {
    close()
  }
}

/** Opens the directory of a place, made if need be; no name is that of the root of a part. */
const reach = (spot: Spot): { readonly folder: Folder; readonly name: string; readonly close: () => void } => {
  const path = placeOf(spot)
  const part = partAt(spot.view, path)
  const [host] = part?.hosts ?? []
  if (part === undefined || host === undefined || part.isFixed === true) {
    throw new Escape(`"${spot.path}" is nowhere that files can be put`)
  }
  const names = path.slice(part.path.length).split("/").filter((it) => it !== "")
  const open = [openFolder(host, true)]
  const close = (): void => open.forEach((folder) => folder.close())
  try {
    for (const name of names.slice(0, -1)) open.push(enter(open.at(-1)!, name))
    return { folder: open.at(-1)!, name: names.at(-1) ?? "", close }
  } catch (error) {
    close()
    throw error
  }
}

const enter = (folder: Folder, name: string): Folder => {
  const path = `${folder.path}/${name}`
  if (statsOf(path)?.isDirectory() !== true) mkdirSync(cleared(folder, name), { mode: 0o755 })
  return openFolder(path)
}

/** A path at which nothing is any more. A directory is not cleared away. */
const cleared = (folder: Folder, name: string): string => {
  const path = `${folder.path}/${name}`
  const stats = statsOf(path)
  if (stats?.isDirectory() === true) throw new Escape(`"${name}" is a directory there`)
  if (stats !== undefined) unlinkSync(path)
  return path
}

const put = async (folder: Folder, name: string, from: string): Promise<void> => {
  if (lstatSync(from).isDirectory()) {
    if (name === "" || statsOf(`${folder.path}/${name}`)?.isDirectory() === true) return await fill(folder, name, from)
  } else if (name === "") throw new Escape("a file cannot take the place of a volume")
  await move(from, folder, name)
}

const fill = async (folder: Folder, name: string, from: string): Promise<void> => {
  const below = name === "" ? folder : openFolder(`${folder.path}/${name}`)
  try {
    for (const child of readdirSync(from)) await put(below, child, posix.join(from, child))
  } finally {
    if (below !== folder) below.close()
  }
}

const move = async (from: string, folder: Folder, name: string): Promise<void> => {
  const to = cleared(folder, name)
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error
    await copy(from, lstatSync(from), folder, name)
  }
}

/** To another file system; bytes are copied beside the event loop. */
const copy = async (from: string, stats: Stats, folder: Folder, name: string): Promise<void> => {
  const to = `${folder.path}/${name}`
  if (stats.isSymbolicLink()) return symlinkSync(readlinkSync(from), to)
  if (stats.isDirectory()) {
    mkdirSync(to, { mode: 0o700 })
    await fill(folder, name, from)
  } else await copyFile(from, to, constants.COPYFILE_EXCL)
  chmodSync(to, stats.mode & 0o777)
}

const remove = (folder: Folder, name: string): void => {
  const path = `${folder.path}/${name}`
  const stats = name === "" ? undefined : statsOf(path)
  if (stats === undefined) return
  if (!stats.isDirectory()) return unlinkSync(path)
  const below = openFolder(path)
  try {
    for (const child of readdirSync(below.path)) remove(below, child)
  } finally {
    below.close()
  }
  rmdirSync(path)
}

const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })
