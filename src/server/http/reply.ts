/** Answers. */

/** When a request that was refused for now may be made again: what is refused for now is soon over. */
const later = (status: number): Readonly<Record<string, string>> =>
  status === 429 || status === 503 ? { "retry-after": "1" } : {}

/** JSON. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...later(status), ...headers }
  })

/** Plain text. */
export const text = (value: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(value, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...later(status),
      ...headers
    }
  })

/** What went wrong, for programs and people: a tag and a sentence. */
export const problem = (status: number, tag: string, message: string, more: object = {}): Response =>
  json({ _tag: tag, message, ...more }, status)

/** An answer with further headers. */
export const withHeaders = (response: Response, headers: Readonly<Record<string, string>>): Response => {
  const all = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) if (!all.has(name)) all.set(name, value)
  return new Response(response.body, { status: response.status, headers: all })
}
