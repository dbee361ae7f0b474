/** Stored artifacts as answers: their bytes as they are, by ranges. */
import { type ArtifactBytes, bytesOf } from "../../engine/artifacts/bytes.ts"
import type { ArtifactView } from "../../run/view.ts"
import type { Site } from "../Site.ts"
import { fileHeaders } from "./file.ts"
import { rangeOf } from "./range.ts"
import { problem } from "./reply.ts"

/** What reads an artifact, or the answer that says why nothing does. */
export const readableAt = async ({ pinnace }: Site, row: ArtifactView): Promise<ArtifactBytes | Response> => {
  if (row.state !== "live" && row.state !== "due") return problem(410, "NotFound", `Artifact "${row.name}" was deleted`)
  return await bytesOf(pinnace.engine, row) ??
    problem(409, "Refused", `Artifact "${row.name}" is in a store that only its app knows`)
}

/** How a file is shown. */
export interface Showing {
  readonly name: string
  readonly mediaType: string
  readonly download: boolean
  readonly scripts: boolean
}

/** The stored bytes, or the part of them that is asked for. */
export const storedBytes = (
  { mover, store }: ArtifactBytes,
  row: ArtifactView,
  asked: string | null,
  as: Showing
): Response => {
  const range = rangeOf(asked, row.size)
  if (range === "bad") return problem(416, "InvalidValue", `The artifact has ${row.size} bytes`)
  const { end = row.size, start = 0 } = range ?? {}
  const headers = {
    ...fileHeaders(as.name, as.mediaType, as.download, as.scripts),
    "accept-ranges": "bytes",
    "content-length": String(end - start),
    etag: `"${row.sha256}"`,
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${row.size}` })
  }
  return new Response(mover.stream(store, row, range), { status: range === undefined ? 200 : 206, headers })
}
