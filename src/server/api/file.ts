/** The state file: what is found in it, and copies of it. */
import { createReadStream } from "node:fs"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { API } from "../Api.ts"
import { fileHeaders } from "../http/file.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Call, flagOf } from "./asked.ts"
import { NotFound } from "./failed.ts"

const found = async ({ query, site: { file } }: Call): Promise<Response> =>
  json({
    name: file?.name ?? "",
    canCopy: file?.copy !== undefined,
    findings: await file?.check(flagOf(query, "deep")) ?? []
  })

const copied = async ({ site: { file } }: Call): Promise<Response> => {
  if (file?.copy === undefined) throw new NotFound("This server has no state file that it could copy")
  const folder = await mkdtemp(join(tmpdir(), "pinnace-copy-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, "copy.db")
    await file.copy(path)
    const { size } = await stat(path)
    const source = createReadStream(path).on("close", () => void remove())
    const headers = { ...fileHeaders("pinnace-copy.db", "", true, false), "content-length": String(size) }
    return new Response(Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>, { headers })
  } catch (error) {
    await remove()
    throw error
  }
}

/** A copy is downloaded by a link, so that it need not fit into the memory of a page. */
const ticket = ({ site, who }: Call): Response => {
  const { expires, id } = site.tickets.give(who, `${API}/file/copy`)
  return json({ url: `${site.base}/t/${id}/pinnace-copy.db`, expires })
}

/** The routes. */
export const fileRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: `${API}/file`, heavy: "answer", answer: found },
  { method: "GET", pattern: `${API}/file/copy`, heavy: "file", answer: copied },
  { method: "POST", pattern: `${API}/file/copy`, answer: ticket }
]
