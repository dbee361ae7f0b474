/** Runs as files: an ended run as an archive, and an archive as a run. */
import { createReadStream, createWriteStream } from "node:fs"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { BadArchive } from "../../embed/transfer/BadArchive.ts"
import { API } from "../Api.ts"
import { fileHeaders } from "../http/file.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Call, runOf } from "./asked.ts"
import { BadBody } from "../http/body.ts"

/** The most bytes of an archive that is taken in. */
const UPLOAD_MAX = 1024 ** 3

const exported = async (call: Call): Promise<Response> => {
  const run = await runOf(call)
  const folder = await mkdtemp(join(tmpdir(), "pinnace-export-"))
  const file = join(folder, "run.tgz")
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await run.export(file)
    const { size } = await stat(file)
    const source = createReadStream(file).on("close", () => void remove())
    const headers = { ...fileHeaders(`${run.id}.tgz`, "application/gzip", true, false), "content-length": String(size) }
    return new Response(Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>, { headers })
  } catch (error) {
    await remove()
    throw error
  }
}

const imported = async ({ request, site }: Call): Promise<Response> => {
  const folder = await mkdtemp(join(tmpdir(), "pinnace-import-"))
  const file = join(folder, "run.tgz")
  try {
    await pipeline(bounded(request.body), createWriteStream(file, { mode: 0o600 }))
    return json(await (await site.pinnace.import(file)).status())
  } catch (error) {
    // Where it was kept meanwhile is nobody's business.
    if (!(error instanceof BadArchive)) throw error
    throw new BadArchive({ file: "", entry: error.entry, message: error.message.replace(file, () => "the archive") })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* bounded(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > UPLOAD_MAX) throw new BadBody(413, "The archive has more than 1 GiB")
    yield chunk
  }
}

/** The routes. */
export const transferRoutes: ReadonlyArray<Route<Site>> = [
  { method: "POST", pattern: `${API}/runs/import`, acts: true, heavy: "file", answer: imported },
  { method: "GET", pattern: `${API}/runs/:id/export`, heavy: "file", answer: exported }
]
