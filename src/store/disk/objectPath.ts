/**
 * Where on a disk the object of a key lies: pure, reversible, and different for different keys on every file system.
 *
 * `runs/R1/Report.pdf` lies in `runs~/_r1~/_report.pdf`: directories end in `~`, so that an object may have the name of
 * a folder; capital letters are written `_a`, because some disks take A for a; everything but letters, digits and a few
 * signs is `%XX`, because disks treat accents in their own ways; what exceeds one name is continued in directories that
 * end in `~~`.
 */

import { keyProblem } from "../../artifact/key.ts"

/**
 * Characters of one encoded name before it is continued in
 * another: with marks and escapes at its edges below 255 bytes.
 */
const pieceLength = 200
const folderMark = "~"
const continuedMark = "~~"
const plain = /^[a-z0-9 .,()=@+-]$/
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/

/** The folder of what is not an object (yet); no encoded name looks like it. */
export const pendingFolder = "%pending"

/** The path of a valid key's object, relative to the store's directory, with `/`. */
export const objectPath = (key: string): string => {
  const segments = key.split("/")
  const folders = segments.slice(0, -1).map((it) => `${encodeName(it)}${folderMark}`)
  return [...folders, encodeName(segments.at(-1) ?? "")].join("/")
}

/** The key that lies at a path; undefined when the path is none that `objectPath` makes. */
export const keyOfPath = (path: string): string | undefined => {
  const names = path.split("/")
  const last = names.pop() ?? ""
  const folders = names.map(decodeFolder)
  const name = decodeName(last)
  if (last.endsWith(folderMark) || name === undefined || folders.includes(undefined)) return undefined
  const key = [...folders, name].join("")
  return keyProblem(key) === undefined && objectPath(key) === path ? key : undefined
}

/** The deepest folder, as a path that ends in `/` or is empty, under which every key with this prefix lies. */
export const folderOfPrefix = (prefix: string): string => {
  const folders = prefix.split("/").slice(0, -1)
  return folders.map((it) => `${encodeName(it)}${folderMark}/`).join("")
}

/** The beginning of the keys that lie in a folder; undefined when it is none of ours. */
export const prefixOfFolder = (folder: string): string | undefined => {
  const names = folder.split("/").filter((it) => it !== "").map(decodeFolder)
  return names.includes(undefined) ? undefined : names.join("")
}

const encodeName = (segment: string): string =>
  cut(Array.from(segment).map(encodeCharacter)).map(protectEdges).join(`${continuedMark}/`)

const encodeCharacter = (character: string): string => {
  if (plain.test(character)) return character
  if (/^[A-Z]$/.test(character)) return `_${character.toLowerCase()}`
  if (character === "_") return "__"
  return Array.from(new TextEncoder().encode(character), escapeByte).join("")
}

const escapeByte = (byte: number): string => `%${byte.toString(16).padStart(2, "0")}`

const cut = (characters: ReadonlyArray<string>): ReadonlyArray<string> => {
  const pieces = [""]
  for (const character of characters) {
    if ((pieces.at(-1) ?? "").length + character.length > pieceLength) pieces.push("")
    pieces[pieces.length - 1] += character
  }
  return pieces
}

/** Windows has names for devices, and drops blanks and dots at the end. */
const protectEdges = (piece: string): string => {
  const guarded = reserved.test(piece) ? escapeByte(piece.charCodeAt(0)) + piece.slice(1) : piece
  return guarded.replace(/[ .]$/, (it) => escapeByte(it.charCodeAt(0))).replace(/^ /, "%20")
}

const decodeFolder = (name: string): string | undefined => {
  if (name.endsWith(continuedMark)) return decodeName(name.slice(0, -2))
  if (!name.endsWith(folderMark)) return undefined
  const decoded = decodeName(name.slice(0, -1))
  return decoded === undefined ? undefined : `${decoded}/`
}

const decodeName = (name: string): string | undefined => {
  try {
    return decodeURIComponent(name.replace(/_(.)/g, (_, it: string) => (it === "_" ? "_" : it.toUpperCase())))
  } catch {
    return undefined
  }
}
