/** Volumes that are a path of this host, with the check and the making that their type asks for. */
import { messageFrom } from "../../document/messageFrom.ts"
import { mkdirSync, statSync, writeFileSync } from "node:fs"
import type { Stats } from "node:fs"
import { BadArgument } from "../../document/BadArgument.ts"
import type { Volume } from "../../document/Container.ts"
import { own } from "../../../workflow/own.ts"

interface Kind {
  readonly word: string
  readonly is: (found: Stats) => boolean
  /** Makes it where nothing is. */
  readonly make?: (path: string) => void
}

const folder = { word: "directory", is: (it: Stats) => it.isDirectory() }
const file = { word: "file", is: (it: Stats) => it.isFile() }
const makeFolder = (path: string): void => void mkdirSync(path, { recursive: true, mode: 0o755 })

/** Kubernetes' types; without one anything will do, and a directory is made where nothing is. */
const kinds: Readonly<Record<string, Kind>> = {
  "": { word: "directory", is: () => true, make: makeFolder },
  DirectoryOrCreate: { ...folder, make: makeFolder },
  Directory: folder,
  FileOrCreate: { ...file, make: (path) => writeFileSync(path, "", { mode: 0o644, flag: "wx" }) },
  File: file,
  Socket: { word: "socket", is: (it) => it.isSocket() },
  CharDevice: { word: "character device", is: (it) => it.isCharacterDevice() },
  BlockDevice: { word: "block device", is: (it) => it.isBlockDevice() }
}

/** The types there are. */
const hostPathTypes: ReadonlyArray<string> = Object.keys(kinds)

/** The path of such a volume on this host. Throws BadArgument, with the name of the volume. */
export const hostPathOf = ({ hostPath = {}, name }: Volume): string => {
  const { path = "", type = "" } = hostPath
  const fault = (what: string) => new BadArgument(`volume '${name}': hostPath ${what}`)
  const kind = own(kinds, type)
  if (kind === undefined) throw fault(`type '${type}' is not one of ${hostPathTypes.slice(1).join(", ")}`)
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined && kind.make === undefined) {
      throw fault(`type check failed: there is no ${kind.word} ${path} on this host; make it, or use another type`)
    }
    if (found === undefined) kind.make?.(path)
    else if (!kind.is(found)) throw fault(`type check failed: ${path} is not a ${kind.word}`)
    return path
  } catch (error) {
    if (error instanceof BadArgument) throw error
    throw fault(`${path} cannot be used: ${messageFrom(error)}`)
  }
}
