/** Posts a body to a collector over OTLP/HTTP. */
import { Buffer } from "node:buffer"
import { gzipSync } from "node:zlib"
import { http, https } from "../wire/http.ts"
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
    const status = await statusOf(url, body, {
      "content-type": "application/json",
      ...(isZipped ? { "content-encoding": "gzip" } : {}),
      ...headers
    })
    if (status >= 200 && status < 300) return "taken"
    // Redirections are not followed: keys are for one collector only.
    const isForGood = status < 500 && status !== 408 && status !== 429
    return isForGood ? "refused" : "busy"
  } catch {
    return "busy"
  }
}

/** The status of an answer that has arrived whole. Large bodies cost a quarter of what `fetch` takes to send them. */
const statusOf = (url: string, body: Body, headers: Readonly<Record<string, string>>): Promise<number> => {
  const { request } = /^https:/i.test(url) ? https() : http()
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal: AbortSignal.timeout(patienceMillis)
    }
    const sent = request(url, options, (answer) => {
      answer.on("end", () => resolve(answer.statusCode ?? 0)).on("error", reject).resume()
    })
    sent.on("error", reject).end(body)
  })
}
