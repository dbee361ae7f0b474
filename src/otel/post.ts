/** Posts a body to a collector over OTLP/HTTP. */
import { gzipSync } from "node:zlib"
import type { OtlpTarget } from "./environment.ts"

const patienceMillis = 10_000
/** Smaller bodies are not worth the work. */
const zipFrom = 65_536

/** Posts a body, once more where the collector was busy; answers whether it was taken. */
export const posted = async (target: OtlpTarget, text: string): Promise<boolean> => {
  const first = await once(target, text)
  return (first === "busy" ? await once(target, text) : first) === "taken"
}

/** What became of a request; what is refused for good is not repeated. */
const once = async ({ headers, url }: OtlpTarget, text: string): Promise<"taken" | "refused" | "busy"> => {
  const isBig = text.length >= zipFrom
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(isBig ? { "content-encoding": "gzip" } : {}),
        ...headers
      },
      body: isBig ? gzipSync(text, { level: 1 }) : text,
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
