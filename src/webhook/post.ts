/** Posts a letter. */
import type { Answer } from "./Webhook.ts"

/** Makes one request. */
export type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Answer>

const patienceMillis = 10_000

/** By `fetch`, which follows no other address. */
export const post: Post = async (url, headers, body) => {
  const signal = AbortSignal.timeout(patienceMillis)
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal })
  await answer.body?.cancel()
  const after = Number(answer.headers.get("retry-after") ?? NaN)
  return {
    status: answer.status,
    why: `it was answered with ${answer.status}`,
    ...(after >= 0 ? { wait: after * 1_000 } : {})
  }
}
