/** A file of a form, as browsers and `curl -F` send it: read as it comes, never as a whole. */
import { BadBody } from "./body.ts"

/** The most bytes between two parts of a form. */
const HEAD_MAX = 16 * 1024

/** The bytes of the first part of a form that has this name. Throws BadBody where there is none, or it never ends. */
export async function* partOf(request: Request, name: string): AsyncGenerator<Uint8Array, void> {
  const type = request.headers.get("content-type") ?? ""
  const [, quoted, plain] = /^multipart\/form-data;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined || request.body === null) throw new BadBody(400, "The body is a form with a file")
  const form = new Form(request.body.getReader(), `\r\n--${boundary}`)
  for (let head = await form.head(); head !== undefined; head = await form.head()) {
    if (new RegExp(`^content-disposition:.*\\bname="?${name}"?(?:;|$)`, "im").test(head)) return yield* form.content()
    for await (const _ of form.content()) {
      // What is of another name is not wanted.
    }
  }
  throw new BadBody(400, `The form has no "${name}"`)
}

/**
 * A form that is read part by part.
 *
 * Owns: what was read and not given yet: at most a piece of the body and the length of a boundary.
 * Does not own: what becomes of the parts.
 */
class Form {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #boundary: Buffer
  // A boundary at the very beginning has no line before it.
  #rest: Buffer = Buffer.from("\r\n")

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, boundary: string) {
    this.#reader = reader
    this.#boundary = Buffer.from(boundary)
  }

  /** The head of the next part; `undefined` after the last one. */
  async head(): Promise<string | undefined> {
    if (this.#rest.indexOf(this.#boundary) !== 0) {
      for await (const _ of this.content()) {
        // What stands before the first boundary means nothing.
      }
    }
    for (;;) {
      const mark = this.#rest.subarray(this.#boundary.length)
      if (mark.subarray(0, 2).toString() === "--") return undefined
      const end = mark.indexOf("\r\n\r\n")
      if (end >= 0) {
        this.#rest = mark.subarray(end + 4)
        return mark.subarray(0, end).toString()
      }
      if (mark.length > HEAD_MAX) throw new BadBody(400, "A part of the form has a head that is too long")
      await this.#more()
    }
  }

  /** What stands before the next boundary. */
  async *content(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const at = this.#rest.indexOf(this.#boundary)
      const safe = at >= 0 ? at : Math.max(0, this.#rest.length - this.#boundary.length)
      if (safe > 0) yield this.#rest.subarray(0, safe)
      this.#rest = this.#rest.subarray(safe)
      if (at >= 0) return
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#reader.read()
    if (done) throw new BadBody(400, "The form ends before its last part does")
    this.#rest = Buffer.concat([this.#rest, value])
  }
}
