/** How artifacts are packed. Pure. */
import type { ArchiveFormat } from "../../artifact/Archive.ts"
import type { Artifact } from "../document/Manifest.ts"

/** How an artifact is packed. */
const formatOf = ({ archive }: Artifact): ArchiveFormat =>
  archive?.none !== undefined ? "none" : archive?.zip !== undefined ? "zip" : "tar+gzip"

/** What a key ends with that nobody has chosen. */
export const objectName = (artifact: Artifact): string => {
  const format = formatOf(artifact)
  const endings: Readonly<Partial<Record<ArchiveFormat, string>>> = { zip: ".zip", "tar+gzip": ".tgz" }
  const name = format === "none" ? artifact.path?.replace(/\/+$/, "").split("/").at(-1) : undefined
  return name ?? `${artifact.name ?? ""}${endings[format] ?? ""}`
}

/** How something is packed. */
export interface Packing {
  readonly archive: ArchiveFormat
  readonly level?: number
}

/** The mode that a file has when nothing tells another one. */
const plainMode = 0o644

/**
 * How the engine's store keeps it: nothing is compressed that the manifest does
 * not ask for, and a file with an ordinary mode is stored as it is.
 */
export const packingOf = (
  artifact: Artifact,
  isDirectory: boolean,
  mode: number
): Packing => {
  const { none, tar, zip } = artifact.archive ?? {}
  if (none !== undefined) return { archive: "none" }
  if (zip !== undefined) return { archive: "zip" }
  if (tar !== undefined) return { archive: "tar+gzip", ...levelOf(artifact) }
  return { archive: isDirectory || (mode & 0o777) !== plainMode ? "tar" : "none" }
}

/** How a bucket keeps it: compressed, unless the manifest says otherwise. */
export const packingInBucket = (artifact: Artifact): Packing => ({
  archive: formatOf(artifact),
  ...levelOf(artifact)
})

/** The compression that the manifest asks for, where it can be had. */
const levelOf = ({ archive }: Artifact): { readonly level?: number } => {
  const level = Number(archive?.tar?.compressionLevel ?? 6)
  return level >= 0 && level <= 9 ? { level } : {}
}
