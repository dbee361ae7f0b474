/** What a node sees of this host's files: which directory of the host is at which path. Pure. */
import { posix } from "node:path"

/** A directory or file of the host at a path of the node. */
export interface Part {
  readonly path: string
  /** The directories that are seen there as one, the upper first; none hides what is there. */
  readonly hosts: ReadonlyArray<string>
  /** Whether nothing is put or removed there. */
  readonly isFixed?: boolean
}

/** All that a node sees. */
export interface View {
  readonly parts: ReadonlyMap<string, Part>
  /**
   * Which links are followed. Those of an artifact must be relative and stay in it: nobody knows whose `/` was meant.
   */
  readonly links: "all" | "inner" | "none"
  /** Whether `/` is this host's own, where nothing is written through a link that a node may have made. */
  readonly isHost: boolean
}

/** A path in a view. */
export interface Spot {
  readonly view: View
  readonly path: string
}

/** Whose content no node is to choose: what is read there is about the process that reads. */
const kernelFolders = ["/proc", "/sys", "/dev"].map((path) => ({ path, hosts: [] }))

const made = (parts: ReadonlyArray<Part>, rest: Omit<View, "parts">): View => ({
  parts: new Map(parts.map((part) => [posix.resolve("/", part.path), part])),
  ...rest
})

/** One directory and nothing else; links are followed as far as they stay in it, or not at all. */
export const rootView = (host: string, links: "inner" | "none" = "inner"): View =>
  made([{ path: "/", hosts: [host] }], { links, isHost: false })

/** Some directories at paths of their own, and nothing else. */
export const mountsView = (parts: ReadonlyArray<Part>): View => made(parts, { links: "all", isHost: false })

/** The files of this host, with further directories at paths of their own. */
export const hostView = (parts: ReadonlyArray<Part>): View =>
  made([{ path: "/", hosts: ["/"] }, ...kernelFolders, ...parts], { links: "all", isHost: true })

/**
 * The files of this host below, what is written in a directory above, and further directories at paths of their own.
 */
export const layeredView = (upper: string, parts: ReadonlyArray<Part>): View =>
  made([{ path: "/", hosts: [upper, "/"] }, ...kernelFolders, ...parts], { links: "all", isHost: false })

/** A host directory and the same seen at a path. */
export const partOf = ({ host, path }: { readonly host: string; readonly path: string }): Part => ({
  path,
  hosts: [host]
})

/** The part in which a path without links lies. */
export const partAt = (view: View, path: string): Part | undefined => {
  const above = path === "/" ? undefined : posix.dirname(path)
  return view.parts.get(path) ?? (above === undefined ? undefined : partAt(view, above))
}

/** What is seen when nothing is mounted at a path. */
export const withoutPart = (view: View, path: string): View => ({
  ...view,
  parts: new Map([...view.parts].filter(([at]) => at !== posix.resolve("/", path)))
})

/** The names directly below a path beneath which there are parts. */
export const partsBelow = ({ parts }: View, path: string): ReadonlyArray<string> => {
  const prefix = path === "/" ? "/" : `${path}/`
  const below = [...parts.keys()].filter((it) => it !== "/" && it.startsWith(prefix))
  return [...new Set(below.map((it) => it.slice(prefix.length).split("/")[0]!))]
}
