/**
 * Files that a client gives a workflow: they are kept in the artifact store, and named by their key when the workflow
 * is submitted. A sweep removes those that are a day old.
 */
import * as Effect from "effect/Effect"
import { upload as keep } from "../../engine/artifacts/upload.ts"
import { BadBody } from "../http/body.ts"
import { partOf } from "../http/multipart.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { type Call, version } from "./asked.ts"
import { documentOf, kinds } from "./documents.ts"
import { notFound } from "./grpc.ts"
import { plainly } from "./artifacts.ts"

/** The most bytes of a file. */
const UPLOAD_MAX = 1024 ** 3

const upload = async ({ params, request, site }: Call): Promise<Response> => {
  const { artifact = "", template = "" } = params
  const kind = kinds.find((it) => it.kind === "WorkflowTemplate")!
  if (documentOf(site.store, kind, template) === undefined) throw notFound(kind.plural, template)
  // No name that a client gives is part of the key: it leads nowhere, and replaces nothing.
  const bytes = bounded(partOf(request, "file"))
  const kept = keep(site.pinnace.engine, bytes, (error) => error as Error)
  const key = await Effect.runPromise(kept, { signal: request.signal })
  return json({ name: artifact, key }, 200, version)
}

async function* bounded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size > UPLOAD_MAX) throw new BadBody(413, "The file has more than 1 GiB")
    yield chunk
  }
}

/** The routes. */
export const uploadRoutes: ReadonlyArray<Route<Site>> = [
  {
    method: "POST",
    pattern: "/upload-artifacts/:ns/:template/:artifact",
    acts: true,
    heavy: "file",
    answer: plainly(upload)
  }
]
