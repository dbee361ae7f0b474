/**
 * What is put where a node sees it, and what is removed there.
 *
 * Invariants: directories on the way are found as the node sees them, then entered one by one without following a link;
 * nothing that exists is written through: a file or link in the way is replaced, and a directory is filled.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
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
import { posix } from "node:path"
import { type Folder, openFolder } from "./Folder.ts"
import { partAt, type Spot, type View } from "./View.ts"
import { Escape, Walk } from "./Walk.ts"

/** Moves a file or directory of ours to a place. Throws Escape. */
export const putIn = (spot: Spot, from: string): void => into(spot, (folder, name) => put(folder, name, from))

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

/** Gives work the directory of a place, made if need be, and the name in it; no name for the root of a part. */
const into = (spot: Spot, work: (folder: Folder, name: string) => void): void => {
  const path = placeOf(spot)
  const part = partAt(spot.view, path)
  const [host] = part?.hosts ?? []
  if (part === undefined || host === undefined || part.isFixed === true) {
    throw new Escape(`"${spot.path}" is nowhere that files can be put`)
  }
  const names = path.slice(part.path.length).split("/").filter((it) => it !== "")
  const open = [openFolder(host, true)]
  try {
    for (const name of names.slice(0, -1)) open.push(enter(open.at(-1)!, name))
    work(open.at(-1)!, names.at(-1) ?? "")
  } finally {
    for (const folder of open) folder.close()
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

const put = (folder: Folder, name: string, from: string): void => {
  if (lstatSync(from).isDirectory()) {
    if (name === "" || statsOf(`${folder.path}/${name}`)?.isDirectory() === true) return fill(folder, name, from)
  } else if (name === "") throw new Escape("a file cannot take the place of a volume")
  move(from, folder, name)
}

const fill = (folder: Folder, name: string, from: string): void => {
  const below = name === "" ? folder : openFolder(`${folder.path}/${name}`)
  try {
    for (const child of readdirSync(from)) put(below, child, posix.join(from, child))
  } finally {
    if (below !== folder) below.close()
  }
}

const move = (from: string, folder: Folder, name: string): void => {
  const to = cleared(folder, name)
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error
    copy(from, lstatSync(from), folder, name)
  }
}

/** To another file system. */
const copy = (from: string, stats: Stats, folder: Folder, name: string): void => {
  const to = `${folder.path}/${name}`
  if (stats.isSymbolicLink()) return symlinkSync(readlinkSync(from), to)
  if (stats.isDirectory()) {
    mkdirSync(to, { mode: 0o700 })
    fill(folder, name, from)
  } else copyFileSync(from, to, constants.COPYFILE_EXCL)
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
