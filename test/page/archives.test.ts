/** What the page shows of files without a browser: which way suits one, what is in an archive. */
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { kindOf } from "../../src/page/parts/preview/kinds.ts"
import { tarContent, tarEntries } from "../../src/page/parts/preview/tar.ts"
import { zipContent, zipEntries } from "../../src/page/parts/preview/zip.ts"
import { tarred, zipped } from "./runScenes.ts"

const streamOf = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()

describe("a file", () => {
  it.each([
    ["text/csv; charset=utf-8", "x", "csv"],
    ["application/octet-stream", "a.CSV", "csv"],
    ["application/octet-stream", "a.md", "markdown"],
    ["text/plain", "notes.md", "markdown"],
    ["text/plain", "notes", "text"],
    ["application/problem+json", "x", "json"],
    ["application/gzip", "log.gz", "bytes"],
    ["application/gzip", "a.tar.gz", "tgz"],
    ["application/zip", "a", "zip"],
    ["text/html", "a.md", "page"],
    ["application/octet-stream", "a.html", "bytes"],
    ["application/octet-stream", "model.bin", "bytes"]
  ])("%s %s is shown as %s", (type, name, kind) => expect(kindOf(type, name)).toBe(kind))
})

describe("a zip", () => {
  it("is listed by its end alone", async () => {
    const bytes = await zipped()
    let read = 0
    const entries = await zipEntries(
      (from, to) => {
        read += to - from
        return Promise.resolve(bytes.slice(from, to) as Uint8Array<ArrayBuffer>)
      },
      bytes.length,
      10
    )
    expect(entries.map(({ name, size }) => [name, size])).toEqual([["data/one.txt", 3], ["two ü.csv", 5_000]])
    expect(new Date(entries[0]!.at).getUTCFullYear()).toBe(2026)
    expect(read).toBeLessThanOrEqual(bytes.length * 2)
  })

  it("that is none, or is cut, is refused", async () => {
    const bytes = await zipped()
    const of = (some: Uint8Array) =>
      zipEntries((from, to) => Promise.resolve(some.slice(from, to) as Uint8Array<ArrayBuffer>), some.length, 10)
    await expect(of(new Uint8Array(100))).rejects.toThrow("no directory")
    await expect(of(bytes.slice(0, -30))).rejects.toThrow("no directory")
    await expect(of(bytes.slice(bytes.length - 60))).rejects.toThrow("no directory")
    await expect(of(new Uint8Array(3))).rejects.toThrow("no directory")
  })
})

describe("a file in a zip", () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

  it("is read by itself, and no more of it than is shown", async () => {
    const bytes = await zipped()
    const read = (from: number, to: number) => Promise.resolve(bytes.slice(from, to) as Uint8Array<ArrayBuffer>)
    const [one, two] = await zipEntries(read, bytes.length, 10)
    expect(await zipContent(read, one!, 10)).toMatchObject({ isAll: true, bytes: new TextEncoder().encode("one") })
    const all = await zipContent(read, two!, 5_000)
    expect([text(all.bytes), all.isAll]).toEqual(["x".repeat(5_000), true])
    const some = await zipContent(read, two!, 100)
    expect([text(some.bytes), some.isAll]).toEqual(["x".repeat(100), false])
    await expect(zipContent(read, { ...one!, packed: { ...one!.packed!, method: 12 } }, 10)).rejects.toThrow("browsers")
    const { packed: _, ...secret } = one!
    await expect(zipContent(read, secret, 10)).rejects.toThrow("encrypted")
  })

  it.each([[false], [true]])("of a tar, zipped: %s, is found by its place", async (isZipped) => {
    const bytes = await tarred(5)
    const stream = () => streamOf(isZipped ? new Uint8Array(gzipSync(bytes)) : bytes)
    const found = await tarContent(stream(), isZipped, 3, 10)
    expect([text(found.bytes), found.isAll]).toEqual(["abc", true])
    expect(text((await tarContent(stream(), isZipped, 3, 2)).bytes)).toBe("ab")
    await expect(tarContent(stream(), isZipped, 5, 10)).rejects.toThrow("further")
  })
})

describe("a tar", () => {
  it.each([[false], [true]])("is listed, zipped: %s, and no further than it is looked at", async (isZipped) => {
    const bytes = await tarred(30)
    const entries = await tarEntries(streamOf(isZipped ? new Uint8Array(gzipSync(bytes)) : bytes), isZipped, 20)
    expect(entries).toHaveLength(20)
    expect(entries[7]).toEqual({
      name: "part-7.txt",
      isFolder: false,
      size: 3,
      at: Date.UTC(2026, 10, 28, 12, 30)
    })
  })

  it("that is none is refused", async () => {
    await expect(tarEntries(streamOf(new Uint8Array(2_000).fill(7)), false, 5)).rejects.toThrow()
    await expect(tarEntries(streamOf(new Uint8Array(2_000).fill(7)), true, 5)).rejects.toThrow()
  })
})
