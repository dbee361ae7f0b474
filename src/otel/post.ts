/** Posts a body to a collector over OTLP/HTTP. */
import { gzipSync } from "node:zlib"
import type { OtlpTarget } from "./environment.ts"

const patienceMillis = 10_000
/** Smaller bodies are not worth the work. */
const zipFrom = 65_536

/** Posts a body, once more where the collector was busy; answers whether it was taken. */
export const posted = async (target: OtlpTarget, body: Body): Promise<boolean> => {
  const isZipped = target.zips && body.length >= zipFrom
  const sent = isZipped ? gzipSync(body, { level: 1 }) : body
  const first = await once(target, sent, isZipped)
  return (first === "busy" ? await once(target, sent, isZipped) : first) === "taken"
}

type Body = string | Uint8Array<ArrayBuffer>

/** What became of a request; what is refused for good is not repeated. */
const once = async (
  { headers, url }: OtlpTarget,
  body: Body,
  isZipped: boolean
): Promise<"taken" | "refused" | "busy"> => {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(isZipped ? { "content-encoding": "gzip" } : {}),
        ...headers
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(patienceMillis)
    })
    await answer.arrayBuffer()
    if (answer.ok) return "taken"
    const isForGood = answer.status < 500 && answer.status !== 408 && answer.status !== 429
    return isForGood ? "refused" : "busy"
  } catch {
    return "busy"
  }
}
