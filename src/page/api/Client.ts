/** Asks the server. */

/** What the server refused, or that it cannot be reached (`status` 0). */
export class Problem extends Error {
  readonly status: number
  readonly tag: string

  constructor(status: number, tag: string, message: string) {
    super(message)
    this.status = status
    this.tag = tag
  }
}

/** Where the API lies, beside the page. */
export const apiOf = (page: string): string => new URL("pinnace/v1", page).href

/** How a client asks. */
export interface Asking {
  readonly base: string
  readonly token: () => string
}

const unreachable = "The server cannot be reached. Start it again with: pinnace ui"

/** One request. Throws `Problem`. */
export const ask = async (
  { base, token }: Asking,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {}
): Promise<Response> => {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token()}`,
      ...more,
      ...(body === undefined ? {} : { "content-type": "application/json" })
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal })
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw new Problem(0, "Unreachable", unreachable)
  })
  if (response.ok) return response
  const told = await response.json().catch(() => ({})) as { readonly _tag?: string; readonly message?: string }
  throw new Problem(
    response.status,
    told._tag ?? "Unexpected",
    told.message ?? `The server answered ${response.status}`
  )
}

/** What is said of an error. */
export const wordsOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
