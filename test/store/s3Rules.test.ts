/** The pure parts of the S3 store. */
import { createHash } from "node:crypto"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { addressOf } from "../../src/store/s3/address.ts"
import { failureOf } from "../../src/store/s3/failure.ts"
import { targetOf } from "../../src/store/s3/Options.ts"
import { PartBuffers, partLimit, partSizeOf, partsOf } from "../../src/store/s3/parts.ts"
import { elements, escape, listedKey, text } from "../../src/store/s3/xml.ts"
import { chunked, noise, run } from "./StoreWorld.ts"

const MiB = 1024 * 1024

describe("partsOf()", () => {
  it.each([[0, 1], [1, 1], [9, 1], [10, 1], [11, 2], [20, 2], [21, 3], [100, 10]])(
    "cuts %i bytes into %i parts of 10",
    async (length, count) => {
      const content = noise(length)
      for (const chunk of [1, 3, 10, 1_000]) {
        const parts = await run(Stream.runCollect(partsOf(chunked(content, chunk), 10, undefined, new PartBuffers())))
        expect(parts.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, at) => at + 1))
        expect(parts.map(({ last }) => last)).toEqual([...Array.from({ length: count - 1 }, () => false), true])
        expect(parts.slice(0, -1).every(({ bytes }) => bytes.length === 10)).toBe(true)
        expect(parts.flatMap(({ bytes }) => [...bytes])).toEqual([...content])
        for (const { bytes, hash } of parts) expect([...hash]).toEqual([...createHash("sha256").update(bytes).digest()])
      }
    }
  )

  it("gives no last part of a stream that fails", async () => {
    const seen: Array<boolean> = []
    const broken = Stream.concat(chunked(noise(25), 5), Stream.fail("broken"))
    const parts = Stream.map(partsOf(broken, 10, undefined, new PartBuffers()), ({ last }) => (seen.push(last), last))
    await expect(run(Stream.runDrain(parts))).rejects.toThrow()
    expect(seen).toEqual([false, false])
  })
})

describe("partSizeOf()", () => {
  it("is equal for all parts of a known size, and large enough for 10,000 of them", () => {
    const size = 5 * 1024 ** 4
    const part = partSizeOf(1, 8 * MiB, size)
    expect(part * partLimit).toBeGreaterThanOrEqual(size)
    expect(partSizeOf(9_999, 8 * MiB, size)).toBe(part)
    expect(partSizeOf(1, 8 * MiB, 10)).toBe(8 * MiB)
  })

  it("grows for an unknown size, so that parts do not run out before 290 GiB", () => {
    let sum = 0
    for (let number = 1; number <= partLimit; number++) sum += partSizeOf(number, 8 * MiB, undefined)
    expect(sum).toBeGreaterThan(290 * 1024 ** 3)
    expect(partSizeOf(2_500, 8 * MiB, undefined)).toBe(8 * MiB)
    expect(partSizeOf(2_501, 8 * MiB, undefined)).toBe(16 * MiB)
  })
})

describe("addressOf()", () => {
  const target = { bucket: "b", endpoint: new URL("https://s3.example:9000/base/"), pathStyle: true }

  it("puts the bucket into the path or the host", () => {
    expect(addressOf(target, "a/b").href).toBe("https://s3.example:9000/base/b/a/b")
    expect(addressOf({ ...target, pathStyle: false }, "a/b").href).toBe("https://b.s3.example:9000/base/a/b")
    expect(addressOf(target, "", { delete: "", none: undefined, prefix: "a b" }).href).toBe(
      "https://s3.example:9000/base/b?delete=&prefix=a%20b"
    )
  })

  it("encodes what could be taken for something else", () => {
    expect(addressOf(target, "a b+c/ü/p%20q?r#s'(1)*!").pathname).toBe(
      "/base/b/a%20b%2Bc/%C3%BC/p%2520q%3Fr%23s%27%281%29%2A%21"
    )
  })
})

describe("targetOf()", () => {
  it.each([
    [{ bucket: "" }, "bucket"],
    [{ bucket: "a/b" }, "bucket"],
    [{ bucket: "bkt", endpoint: "nowhere" }, "URL"],
    [{ bucket: "bkt", endpoint: "https://user:secret@host" }, "credentials"],
    [{ bucket: "bkt", partSize: 1_000 }, "5 MiB"],
    [{ bucket: "bkt", concurrency: 0 }, "concurrency"]
  ])("refuses %o", (options, word) => {
    expect(() => targetOf(options)).toThrow(word)
    expect(() => targetOf(options)).not.toThrow("secret")
  })

  it("knows AWS, and names bucket and server", () => {
    const target = targetOf({ bucket: "bkt", region: "eu-west-1" })
    expect(target.endpoint.href).toBe("https://s3.eu-west-1.amazonaws.com/")
    expect([target.pathStyle, targetOf({ bucket: "b.k.t" }).pathStyle]).toEqual([false, true])
    expect(target.describe).toBe("S3 bucket bkt, at s3.eu-west-1.amazonaws.com")
  })
})

describe("The answers of S3", () => {
  it("are read from XML", () => {
    const xml =
      `<?xml version="1.0"?><R xmlns="x"><Contents><Key>a&amp;b&#x20;&lt;&#33;</Key></Contents><Contents><Key/></Contents></R>`
    expect(elements(xml, "Contents").length).toBe(2)
    expect(text(xml, "Key")).toBe("a&b <!")
    expect(text(xml, "Nothing")).toBeUndefined()
    expect(escape(`<&>"'`)).toBe("&lt;&amp;&gt;&quot;&apos;")
    expect(listedKey("a+b%2Bc%20d", true)).toBe("a b+c d")
    expect(listedKey("a+b%2B", false)).toBe("a+b%2B")
  })

  it("tell of failures by code first, by status else, and of nothing that is secret", () => {
    const body = "<Error><Code>NoSuchKey</Code><Message>gone</Message><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>"
    expect(failureOf(404, body)).toEqual({
      reason: "NotFound",
      cause: "the server answered 404 (NoSuchKey, gone)",
      expired: false
    })
    expect(failureOf(404, "").reason).toBe("NotFound")
    expect(failureOf(404, "<Code>NoSuchBucket</Code>").reason).toBe("NoStore")
    expect(failureOf(503, "<html>").reason).toBe("Throttled")
    expect(failureOf(599, "").reason).toBe("Unreachable")
    expect(failureOf(418, "").reason).toBe("Io")
    expect(failureOf(400, "<Code>ExpiredToken</Code>").expired).toBe(true)
  })
})
