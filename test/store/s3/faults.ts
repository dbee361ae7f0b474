/** What networks and busy servers do, done to a real server by a proxy in front of it. */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { ArtifactStore } from "../../../src/artifact/Store.ts"
import type { S3Options } from "../../../src/store/s3/Options.ts"
import { s3Store } from "../../../src/store/s3/s3Store.ts"
import { chunked, failure, get, keys, noise, put, run, text } from "../StoreWorld.ts"
import { type Fault, FaultProxy } from "./FaultProxy.ts"
import type { S3Server } from "./server.ts"

const busy: Fault = {
  kind: "answer",
  status: 503,
  body: "<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>"
}
const large = noise(13_000_000)
const partSize = 5 * 1024 * 1024

const faultAnswer = (status: number, code: string): Fault => ({
  kind: "answer",
  status,
  body: `<Error><Code>${code}</Code><Message>said so</Message></Error>`
})

/** Registers the tests. */
export const s3Faults = (server: () => S3Server): void => {
  let proxy: FaultProxy
  let store: ArtifactStore
  let direct: ArtifactStore
  const open = (options: Partial<S3Options> = {}): ArtifactStore =>
    s3Store({ ...server(), endpoint: proxy.endpoint, prefix: "f/", partSize, retryDelay: 5, ...options })
  const unfinished = async () => (await run(direct.sweep({ olderThan: -60_000 }))).removed

  beforeEach(async () => {
    proxy = await FaultProxy.start(server().endpoint)
    const prefix = `f/${randomUUID().slice(0, 8)}/`
    store = open({ prefix })
    direct = s3Store({ ...server(), prefix })
  })
  afterEach(() => proxy.stop())

  const everything = async () => {
    await run(put(store, "small", "small"))
    await run(store.put("large", chunked(large, 1_000_000)))
    expect(await text(store, "small")).toBe("small")
    expect(Buffer.compare(await run(get(store, "large")), large)).toBe(0)
    expect((await run(store.stat("large"))).size).toBe(large.length)
    expect(await keys(store)).toEqual(["large", "small"])
    expect(await run(store.delete(["large", "small"]))).toEqual([{ key: "large" }, { key: "small" }])
    expect(await keys(direct)).toEqual([])
    expect(await unfinished()).toBe(0)
  }
  const actions = ["put", "create", "part", "complete", "get", "head", "list", "delete-many"]

  describe("A store whose requests fail for a moment", () => {
    it.each<[string, Fault]>([
      ["the server is busy", busy],
      ["the server fails", { kind: "answer", status: 500 }],
      ["the gateway fails", { kind: "answer", status: 502, body: "<html>Bad Gateway</html>" }],
      ["there are too many requests", { kind: "answer", status: 429 }],
      ["the request was too slow", faultAnswer(400, "RequestTimeout")],
      ["the bytes were damaged on the way", faultAnswer(400, "BadDigest")],
      ["the connection is reset", { kind: "reset" }]
    ])("does everything all the same when %s three times", async (_, fault) => {
      // A failure of HEAD has no body that could tell the code.
      const met = fault.kind === "answer" && fault.status === 400 ? actions.filter((it) => it !== "head") : actions
      proxy.first(3, fault, ...met)
      await everything()
      for (const action of met) expect([action, proxy.count(action) >= 4]).toEqual([action, true])
    })

    it("does everything when an answer is lost after the work was done", async () => {
      proxy.first(1, { kind: "lose" }, "put", "part", "complete", "get", "head", "list", "delete-many")
      await everything()
    })

    it("does everything when the server does not answer at first", async () => {
      store = open({ prefix: store.location("")["prefix"]!, timeout: 1_500 })
      proxy.first(1, { kind: "stall" }, "put", "get", "head", "list", "delete-many")
      await everything()
    })
  })

  describe("A put whose answer is lost", () => {
    it.each([["small", "put", 10], ["large", "complete", large.length]] as const)(
      "knows its own %s object again instead of taking it for another's",
      async (_, action, size) => {
        proxy.first(1, { kind: "lose" }, action)
        const content = large.subarray(0, size)
        expect(await run(put(store, "k", content, { ifAbsent: true }))).toMatchObject({ size })
        expect(proxy.count(action)).toBe(2)
        const error = await failure(put(store, "k", "other", { ifAbsent: true }))
        expect(error.reason).toBe("Exists")
        expect((await run(direct.stat("k"))).size).toBe(size)
      }
    )

    it("leaves an upload without a name for the sweep, when that is what was lost", async () => {
      proxy.first(1, { kind: "lose" }, "create")
      await run(put(store, "k", large))
      expect(await unfinished()).toBe(1)
      expect(await unfinished()).toBe(0)
      expect(Buffer.compare(await run(get(direct, "k")), large)).toBe(0)
    })
  })

  describe("A download that breaks off", () => {
    it("is continued where it broke, again and again", async () => {
      await run(put(direct, "k", large))
      proxy.plan = ({ action }) => action === "get" ? { kind: "cut", after: 1_500_000 } : { kind: "pass" }
      expect(Buffer.compare(await run(get(store, "k")), large)).toBe(0)
      expect(proxy.count("get")).toBeGreaterThan(8)
      const part = await run(get(store, "k", { start: 1_000_000, end: 9_000_000 }))
      expect(Buffer.compare(part, large.subarray(1_000_000, 9_000_000))).toBe(0)
    })

    it("is continued when it only stands still", async () => {
      await run(put(direct, "k", large))
      store = open({ prefix: store.location("")["prefix"]!, timeout: 1_500 })
      proxy.first(2, { kind: "hang", after: 1_500_000 }, "get")
      expect(Buffer.compare(await run(get(store, "k")), large)).toBe(0)
      expect(proxy.count("get")).toBe(3)
    })

    it("fails when the object was replaced meanwhile, and never mixes the two", async () => {
      await run(put(direct, "k", large))
      proxy.plan = ({ action }) => action === "get" ? { kind: "cut", after: 1_500_000 } : { kind: "pass" }
      let replaced = false
      const read = Stream.tap(store.get("k"), () => {
        if (replaced) return Effect.void
        replaced = true
        return Effect.orDie(put(direct, "k", noise(13_000_000, 7)))
      })
      const error = await failure(Stream.runDrain(read))
      expect(error).toMatchObject({ reason: "Unreachable", isRetryable: true })
      expect(error.message).toContain("was replaced while it was read")
    })
  })

  describe("A store whose server stays away", () => {
    it("gives up after the stated tries, aborts the upload and says so", async () => {
      store = open({ prefix: store.location("")["prefix"]!, retries: 2 })
      proxy.plan = ({ action }) => action === "part" ? busy : { kind: "pass" }
      const error = await failure(put(store, "k", large))
      expect(error).toMatchObject({ reason: "Throttled", operation: "put", key: "k", isRetryable: true })
      expect(error.message).toContain("SlowDown")
      expect(error.message).toContain("bucket pinnace")
      expect(proxy.count("abort")).toBe(1)
      expect(await keys(direct)).toEqual([])
      expect(await unfinished()).toBe(0)
    })

    it("is unreachable where nobody listens", async () => {
      const { endpoint } = proxy
      await proxy.stop()
      store = s3Store({ ...server(), endpoint, retries: 1, retryDelay: 1 })
      for (const effect of [put(store, "k", "v"), get(store, "k"), store.stat("k")]) {
        expect(await failure(effect)).toMatchObject({ reason: "Unreachable", isRetryable: true })
      }
      const [answer] = await run(store.delete(["k"]))
      expect(answer?.error).toMatchObject({ reason: "Unreachable", key: "k" })
      proxy = await FaultProxy.start(server().endpoint)
    })
  })

  describe("A permanent failure", () => {
    it("is not tried again, and names bucket, key and operation but no secret", async () => {
      const { accessKeyId } = server().credentials
      const wrong = open({ credentials: { accessKeyId, secretAccessKey: "not-the-secret" } })
      for (const [operation, effect] of [["put", put(wrong, "a/b", "v")], ["get", get(wrong, "a/b")]] as const) {
        proxy.seen.length = 0
        const error = await failure(effect)
        expect(error).toMatchObject({ reason: "AccessDenied", operation, key: "a/b", isRetryable: false })
        expect(error.message).toContain("bucket pinnace")
        expect(JSON.stringify(error) + error.stack).not.toMatch(new RegExp(`not-the-secret|${accessKeyId}\\b`))
        expect(proxy.seen.length).toBe(1)
      }
      const [answer] = await run(wrong.delete(["a/b"]))
      expect(answer?.error).toMatchObject({ reason: "AccessDenied", operation: "delete", key: "a/b" })
    })

    it("of a bucket that is missing says what to do", async () => {
      const missing = open({ bucket: "no-such-bucket" })
      const error = await failure(put(missing, "k", "v"))
      expect(error).toMatchObject({ reason: "NoStore", isRetryable: false })
      expect(error.message).toContain("Create the bucket")
      expect(await failure(Stream.runDrain(missing.list()))).toMatchObject({ reason: "NoStore", operation: "list" })
    })

    it.each(
      [
        ["a redirect", faultAnswer(301, "PermanentRedirect"), "NoStore", "region"],
        ["a wrong clock", faultAnswer(403, "RequestTimeTooSkewed"), "AccessDenied", "clock"],
        ["a full quota", faultAnswer(403, "QuotaExceeded"), "NoSpace", "QuotaExceeded"],
        ["an object that is too large", faultAnswer(400, "EntityTooLarge"), "TooLarge", "EntityTooLarge"],
        ["an answer that nobody knows", faultAnswer(418, "Teapot"), "Io", "Teapot"]
      ] as const
    )("such as %s has a reason of its own", async (_, fault, reason, word) => {
      proxy.plan = () => fault
      const error = await failure(put(store, "k", "v"))
      expect(error).toMatchObject({ reason, isRetryable: false })
      expect(error.message).toContain(word)
      expect(proxy.seen.length).toBe(1)
    })
  })

  describe("Parts that cannot be joined", () => {
    it("are joined at the next try, though the first was answered with 200", async () => {
      proxy.first(2, faultAnswer(200, "InternalError"), "complete")
      await run(put(store, "k", large))
      expect(proxy.count("complete")).toBe(3)
      expect(Buffer.compare(await run(get(direct, "k")), large)).toBe(0)
    })
  })

  describe("A delete of many keys", () => {
    const result = (...errors: ReadonlyArray<readonly [key: string, code: string]>): Fault => {
      const prefix = store.location("")["prefix"]!
      const items = errors.map(([key, code]) => `<Error><Key>${prefix}${key}</Key><Code>${code}</Code></Error>`)
      return { kind: "answer", status: 200, body: `<DeleteResult>${items.join("")}</DeleteResult>` }
    }

    it("tries keys again that failed for a moment, reports the others, and is stopped by none", async () => {
      for (const key of ["a", "b", "c"]) await run(put(direct, key, key))
      proxy.first(1, result(["a", "InternalError"], ["b", "AccessDenied"]), "delete-many")
      const answers = await run(store.delete(["a", "b", "c"]))
      expect(answers.map(({ key, error }) => [key, error?.reason])).toEqual([
        ["a", undefined],
        ["b", "AccessDenied"],
        ["c", undefined]
      ])
      expect(proxy.count("delete-many")).toBe(2)
      // The proxy had only said that c was deleted.
      expect(await keys(direct)).toEqual(["b", "c"])
    })

    it("takes one by one where the server knows no such request", async () => {
      for (const key of ["a", "b"]) await run(put(direct, key, key))
      proxy.plan = ({ action }) => action === "delete-many" ? faultAnswer(501, "NotImplemented") : { kind: "pass" }
      expect(await run(store.delete(["a", "none", "b"]))).toEqual([{ key: "a" }, { key: "none" }, { key: "b" }])
      expect(await keys(direct)).toEqual([])
    })
  })

  describe("A server that knows no conditional put", () => {
    it("is asked first whether there is an object", async () => {
      let asked = 0
      proxy.plan = ({ action }) =>
        action === "put" && asked++ === 0 ? faultAnswer(501, "NotImplemented") : { kind: "pass" }
      await run(put(store, "k", "first", { ifAbsent: true }))
      expect(await failure(put(store, "k", "second", { ifAbsent: true }))).toMatchObject({ reason: "Exists" })
      expect(await text(direct, "k")).toBe("first")
    })
  })

  describe("Credentials", () => {
    it("are got again when the server says that they have expired, and when their time is over", async () => {
      let got = 0
      const credentials = () =>
        Promise.resolve({ ...server().credentials, expiration: new Date(got++ < 2 ? 0 : 8.64e15) })
      store = open({ credentials })
      await run(put(store, "k", "v"))
      await run(put(store, "k", "v"))
      await run(put(store, "k", "v"))
      await run(put(store, "k", "v"))
      expect(got).toBe(3)
      proxy.first(1, faultAnswer(400, "ExpiredToken"), "get")
      expect(await text(store, "k")).toBe("v")
      expect(got).toBe(4)
    })

    it("that cannot be got fail as AccessDenied, and are asked for again by the next call", async () => {
      let works = false
      store = open({
        credentials: () =>
          works ? Promise.resolve(server().credentials) : Promise.reject(new Error("the vault is locked"))
      })
      const error = await failure(put(store, "k", "v"))
      expect(error).toMatchObject({ reason: "AccessDenied" })
      expect(error.message).toContain("the vault is locked")
      works = true
      await run(put(store, "k", "v"))
    })
  })
}
