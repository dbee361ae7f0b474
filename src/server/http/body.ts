/** Bodies of requests: read whole, within a bound. */

/** The body is larger than is read, or is not JSON. */
export class BadBody extends Error {
  override readonly name: "BadBody" = "BadBody"
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The most bytes of a body that is read whole. */
const BODY_MAX = 16 * 1024 * 1024

/** The body as bytes. Throws BadBody. */
const readBytes = async (request: Request, most = BODY_MAX): Promise<Uint8Array<ArrayBuffer>> => {
  const declared = Number(request.headers.get("content-length") ?? 0)
  if (declared > most) throw tooLarge(most)
  const chunks: Array<Uint8Array> = []
  let size = 0
  if (request.body !== null) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > most) throw tooLarge(most)
      chunks.push(chunk)
    }
  }
  return joined(chunks, size)
}

/** The body as text. Throws BadBody. */
export const readText = async (request: Request): Promise<string> => new TextDecoder().decode(await readBytes(request))

/** The body as JSON, whatever its content type says; nothing at all is an empty object. Throws BadBody. */
export const readJson = async (request: Request): Promise<unknown> => {
  const text = await readText(request)
  if (text.trim() === "") return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadBody(400, `The body is not JSON: ${(error as Error).message}`)
  }
}

const tooLarge = (most: number): BadBody => new BadBody(413, `The body has more than ${most} bytes`)

const joined = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}
