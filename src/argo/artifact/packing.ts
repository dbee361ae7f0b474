/** How artifacts are packed in buckets. Pure. */
import type { ArchiveFormat } from "../../artifact/Archive.ts"
import type { Artifact } from "../document/Manifest.ts"

/** How an artifact is packed. */
export const formatOf = ({ archive }: Artifact): ArchiveFormat =>
  archive?.none !== undefined ? "none" : archive?.zip !== undefined ? "zip" : "tar+gzip"

/** What a key ends with that nobody has chosen. */
export const objectName = (artifact: Artifact): string => {
  const format = formatOf(artifact)
  const endings: Readonly<Partial<Record<ArchiveFormat, string>>> = { zip: ".zip", "tar+gzip": ".tgz" }
  const name = format === "none" ? artifact.path?.replace(/\/+$/, "").split("/").at(-1) : undefined
  return name ?? `${artifact.name ?? ""}${endings[format] ?? ""}`
}
