/** Files of forms, however they are cut on their way. */
import { expect, it } from "vitest"
import { BadBody } from "../../src/server/http/body.ts"
import { partOf } from "../../src/server/http/multipart.ts"

const type = "multipart/form-data; boundary=b"

/** A request whose body comes in pieces of these lengths, over and over. */
const cut = (text: string, lengths: ReadonlyArray<number>): Request => {
  const bytes = new TextEncoder().encode(text)
  let [at, turn] = [0, 0]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      const end = at + lengths[turn++ % lengths.length]!
      controller.enqueue(bytes.slice(at, end))
      at = end
    }
  })
  const init = { method: "POST", headers: { "content-type": type }, body, duplex: "half" }
  return new Request("http://127.0.0.1/", init as RequestInit)
}

const read = async (request: Request): Promise<string> => {
  const parts: Array<Uint8Array> = []
  for await (const part of partOf(request, "file")) parts.push(part)
  return new TextDecoder().decode(Buffer.concat(parts))
}

const part = (name: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\nContent-Type: text/csv\r\n\r\n${content}\r\n`
const contents = ["", "x", "\r\n", "--b", "\r\n-", "a\r\n--c\r\nd", "\r\n\r\n--", "x".repeat(300), "é\0"]
const pieces = [[1], [2, 3], [7], [1, 100], [10_000]]

it.each(contents)("have the content %j", async (content) => {
  for (const lengths of pieces) {
    for (const before of ["", "not part of it\r\n", part("note", "first"), part("profile", "x")]) {
      const text = `${before}${part("file", content)}${part("file", "second")}--b--\r\n`
      expect(await read(cut(text, lengths)), JSON.stringify([lengths, before])).toBe(content)
    }
  }
})

it.each([
  ["no end", part("file", "x")],
  ["no file", `${part("other", "x")}--b--`],
  ["a head without an end", `--b\r\n${"X: y\r\n".repeat(3_000)}`],
  ["nothing", ""]
])("that have %s are refused", async (_, text) => {
  for (const lengths of pieces) await expect(read(cut(text, lengths))).rejects.toBeInstanceOf(BadBody)
})
