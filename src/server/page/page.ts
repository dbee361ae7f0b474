/// <reference path="./modules.d.ts" />
/** The files of the page, which are for everybody who may call this server: they hold nothing of its runs. */
import { brotliDecompressSync } from "node:zlib"
import type { Route } from "../http/Route.ts"
import { problem, text } from "../http/reply.ts"
import type { Site } from "../Site.ts"

type File = typeof import("#page").files[string]

const loaded = async (): Promise<Readonly<Record<string, File>> | undefined> => {
  try {
    return (await import("#page")).files
  } catch {
    return undefined
  }
}

const unbuilt = "Pinnace has its API beneath /pinnace/v1, Argo's beneath /api/v1.\n" +
  "The page was not built. In a clone: npm run build\n"

/** What is answered: packed as it is kept for browsers that take that, else unpacked. */
const answered = (request: Request, { bytes, etag, type }: File, cache: string): Response => {
  const isPacked = /\bbr\b/.test(request.headers.get("accept-encoding") ?? "")
  const headers = {
    "content-type": type,
    "cache-control": cache,
    etag: `"${etag}"`,
    vary: "accept-encoding",
    ...(isPacked ? { "content-encoding": "br" } : {})
  }
  if (request.headers.get("if-none-match") === headers.etag) return new Response(null, { status: 304, headers })
  const body = Buffer.from(bytes, "base64")
  return new Response(new Uint8Array(isPacked ? body : brotliDecompressSync(body)), { headers })
}

/** The routes. */
export const pageRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "GET",
    pattern: "/",
    answer: async ({ request, site, url }) => {
      // Its files are named from there.
      if (url.pathname === site.base) return new Response(null, { status: 308, headers: { location: `${site.base}/` } })
      const page = (await loaded())?.["index.html"]
      return page === undefined ? text(unbuilt) : answered(request, page, "no-cache")
    }
  },
  {
    method: "GET",
    pattern: "/assets/:name",
    answer: async ({ params, request }) => {
      const files = await loaded() ?? {}
      const name = `assets/${params["name"]}`
      if (!Object.hasOwn(files, name)) return problem(404, "NotFound", `The page has no file ${params["name"]}`)
      return answered(request, files[name]!, "public, max-age=31536000, immutable")
    }
  }
]
