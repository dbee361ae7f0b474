/** Directories that were saved, file by file. */
import { createReadStream } from "node:fs"
import { mkdtemp, readdir, realpath, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join, sep } from "node:path"
import { Readable as Bytes } from "node:stream"
import * as Effect from "effect/Effect"
import type { ArtifactView } from "../../run/view.ts"
import { fileHeaders } from "../http/file.ts"
import { text } from "../http/reply.ts"
import type { ArtifactBytes } from "../../engine/artifacts/bytes.ts"
import { mediaTypeOf } from "./mediaTypes.ts"

/** Which file of a directory is asked for, at which address. */
export interface Inside {
  readonly pathname: string
  /** Its path within the directory; empty for the directory. */
  readonly rest: string
}

/** A file of a directory, or the page that lists it. */
export const unpacked = async (
  inside: Inside,
  { mover, store }: ArtifactBytes,
  row: ArtifactView
): Promise<Response> => {
  const folder = await mkdtemp(join(tmpdir(), "pinnace-artifact-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  let isSent = false
  try {
    const root = join(folder, "it")
    await Effect.runPromise(mover.restore(store, row, root, undefined))
    const found = await fileAt(inside, root)
    if (typeof found !== "string") return found
    isSent = true
    return await sent(found, basename(found), remove)
  } finally {
    if (!isSent) await remove()
  }
}

const sent = async (path: string, name: string, remove: () => Promise<void>): Promise<Response> => {
  const { size } = await stat(path)
  const headers = { ...fileHeaders(name, mediaTypeOf(name), false, false), "content-length": String(size) }
  const source = createReadStream(path).on("close", () => void remove())
  return new Response(Bytes.toWeb(source) as unknown as ReadableStream<Uint8Array>, { headers })
}

/** The path of a file, or a directory as a page of links: names are looked up in what there is, never joined. */
const fileAt = async ({ pathname, rest }: Inside, root: string): Promise<Response | string> => {
  let path = root
  for (const part of rest.split("/").filter((it) => it !== "")) {
    const names: ReadonlyArray<string> = (await stat(path)).isDirectory() ? await readdir(path) : []
    if (!names.includes(part)) return text(`there is no ${rest} in this artifact\n`, 404)
    path = join(path, part)
    // A link may lead out of the artifact: what is not in it is not there.
    if (!await isWithin(path, root)) return text(`there is no ${rest} in this artifact\n`, 404)
  }
  return (await stat(path)).isDirectory() ? directoryAt(pathname, await readdir(path)) : path
}

const isWithin = async (path: string, root: string): Promise<boolean> => {
  const [own, above] = await Promise.all([realpath(path).catch(() => undefined), realpath(root)])
  return own !== undefined && (own === above || own.startsWith(`${above}${sep}`))
}

const directoryAt = (pathname: string, names: ReadonlyArray<string>): Response => {
  if (!pathname.endsWith("/")) return new Response(null, { status: 307, headers: { location: `${pathname}/` } })
  const links = names.toSorted().map((name) => `<li><a href="./${encodeURIComponent(name)}">${escaped(name)}</a></li>`)
  return new Response(`<html><body><ul>\n${links.join("\n")}\n</ul></body></html>`, {
    headers: fileHeaders("index.html", "text/html", false, false)
  })
}

const escaped = (name: string): string => name.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`)
