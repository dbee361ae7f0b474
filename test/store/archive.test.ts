import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { describe, expect, it, onTestFinished } from "vitest"
import type { ArchiveFormat } from "../../src/artifact/Archive.ts"
import { pack } from "../../src/store/archive/pack.ts"
import { unpack } from "../../src/store/archive/unpack.ts"
import { failure, noise, run } from "./StoreWorld.ts"
import { removeTree } from "../removeTree.ts"

const formats: ReadonlyArray<ArchiveFormat> = ["tar", "tar+gzip", "zip"]

const makeDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-archive-"))
  onTestFinished(() => removeTree(directory))
  return directory
}

/** A tree as lines: kind, mode, path, and content or target. */
const describeTree = (path: string, name = "."): ReadonlyArray<string> => {
  const stats = lstatSync(path)
  const mode = (stats.mode & 0o777).toString(8)
  if (stats.isSymbolicLink()) return [`link ${name} -> ${readlinkSync(path)}`]
  if (stats.isFile()) return [`file ${mode} ${name} ${readFileSync(path).toString("base64")}`]
  return [
    `directory ${mode} ${name}`,
    ...readdirSync(path).sort().flatMap((it) => describeTree(join(path, it), `${name}/${it}`))
  ]
}

const makeTree = (directory: string): string => {
  const root = join(directory, "Some tree")
  for (const folder of ["", "empty", "deep/er", "private", "ünïcode 日本"]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  writeFileSync(join(root, "plain.txt"), "plain")
  writeFileSync(join(root, "empty.bin"), "")
  writeFileSync(join(root, "deep/er/noise.bin"), noise(3_000_001))
  writeFileSync(join(root, "run.sh"), "#!/bin/sh\n", { mode: 0o755 })
  writeFileSync(join(root, "private/secret"), "s", { mode: 0o600 })
  writeFileSync(join(root, "ünïcode 日本/🎉 é e\u0301.txt"), "x")
  writeFileSync(join(root, `${"n".repeat(251)}.bin`), "long name")
  writeFileSync(join(root, "name with 'quotes' & <signs> %41.txt"), "y")
  mkdirSync(join(root, "p".repeat(120), "q".repeat(120)), { recursive: true })
  writeFileSync(join(root, "p".repeat(120), "q".repeat(120), "r.txt"), "long path")
  symlinkSync("plain.txt", join(root, "link"))
  symlinkSync("../plain.txt", join(root, "deep/up"))
  symlinkSync("er", join(root, "deep/folder"))
  symlinkSync("nowhere", join(root, "dangling"))
  symlinkSync("circle", join(root, "circle"))
  chmodSync(join(root, "run.sh"), 0o751)
  chmodSync(join(root, "private"), 0o500)
  return root
}

const packed = (path: string, format: ArchiveFormat, level?: number): Promise<Uint8Array> =>
  run(Stream.mkUint8Array(pack(path, level === undefined ? { format } : { format, level })))

describe.each(formats)("An archive of format %s", (format) => {
  it("keeps files, directories, modes and links", async () => {
    const directory = makeDirectory()
    const root = makeTree(directory)
    const target = join(directory, "unpacked")
    const unpacked = await run(unpack(pack(root, { format }), target, { format }))
    expect(describeTree(target)).toEqual(describeTree(root))
    expect(unpacked).toMatchObject({ kind: "directory", bytes: expect.any(Number) })
    expect(unpacked.entries).toBe(describeTree(root).length)
    expect(readdirSync(directory).sort()).toEqual(["Some tree", "unpacked"])
  })

  it("keeps a single file, whatever it is then called", async () => {
    const directory = makeDirectory()
    writeFileSync(join(directory, "one file"), "content")
    chmodSync(join(directory, "one file"), 0o740)
    const target = join(directory, "other")
    expect(await run(unpack(pack(join(directory, "one file"), { format }), target, { format }))).toEqual({
      kind: "file",
      entries: 1,
      bytes: 7
    })
    expect(describeTree(target)).toEqual(describeTree(join(directory, "one file")))
  })

  it("keeps an empty directory and a directory of one file apart from a file", async () => {
    const directory = makeDirectory()
    mkdirSync(join(directory, "empty"))
    mkdirSync(join(directory, "single"))
    writeFileSync(join(directory, "single/file"), "x")
    for (const name of ["empty", "single"]) {
      const target = join(directory, `${name} again`)
      await run(unpack(pack(join(directory, name), { format }), target, { format }))
      expect(describeTree(target)).toEqual(describeTree(join(directory, name)))
    }
  })

  it("gives a part of what was packed", async () => {
    const directory = makeDirectory()
    const root = makeTree(directory)
    const target = join(directory, "part")
    await run(unpack(pack(root, { format }), target, { format, subPath: "deep/er" }))
    expect(describeTree(target)).toEqual(describeTree(join(root, "deep/er")))
    await run(unpack(pack(root, { format }), join(directory, "file"), { format, subPath: "run.sh" }))
    expect(describeTree(join(directory, "file"))).toEqual(describeTree(join(root, "run.sh")))
    for (const [subPath, reason] of [["none", "NotFound"], ["../x", "Unsafe"], ["link", "Unsafe"]] as const) {
      const error = await failure(unpack(pack(root, { format }), join(directory, "no"), { format, subPath }))
      expect(error).toMatchObject({ reason, operation: "unpack" })
    }
    expect(existsSync(join(directory, "no"))).toBe(false)
  })

  it("X4 is the same bytes for the same tree, whenever it was written", async () => {
    const root = makeTree(makeDirectory())
    const before = await packed(root, format)
    for (const name of ["", "plain.txt", "deep"]) utimesSync(join(root, name), 1_000_000_000, 1_000_000_000)
    expect(Buffer.compare(before, await packed(root, format))).toBe(0)
  })

  it.each([
    ["a link to an absolute path", (root: string) => symlinkSync("/etc/passwd", join(root, "evil"))],
    ["a link that leaves the directory", (root: string) => symlinkSync("a/../../..", join(root, "evil"))],
    ["a pipe", (root: string) => execFileSync("mkfifo", [join(root, "evil")])],
    ["a name with a backslash", (root: string) => writeFileSync(join(root, "evil\\x"), "")]
  ])("refuses %s when packing, by name", async (_, make) => {
    const root = join(makeDirectory(), "tree")
    mkdirSync(root)
    writeFileSync(join(root, "a"), "")
    make(root)
    const error = await failure(Stream.runDrain(pack(root, { format })))
    expect(error.operation).toBe("pack")
    expect(["Unsafe", "Unsupported"]).toContain(error.reason)
    expect(error.message).toContain("tree/evil")
  })

  it("cannot be made of nothing", async () => {
    const error = await failure(Stream.runDrain(pack(join(makeDirectory(), "missing"), { format })))
    expect(error).toMatchObject({ reason: "NotFound", operation: "pack" })
  })

  it("leaves nothing when it is cut, damaged, empty or of another format", async () => {
    const directory = makeDirectory()
    const root = makeTree(directory)
    const content = await packed(root, format)
    const damaged = content.slice()
    damaged.fill(0x55, content.length / 2, content.length / 2 + 2_000)
    const inputs = [
      content.subarray(0, content.length - 700),
      content.subarray(0, content.length / 2),
      noise(5_000),
      new Uint8Array()
    ]
    // A tar holds no checksum of contents.
    if (format !== "tar") inputs.push(damaged)
    for (const input of inputs) {
      const error = await failure(unpack(Stream.succeed(input), join(directory, "no"), { format }))
      expect(error).toMatchObject({ reason: "Corrupt", operation: "unpack", isRetryable: false })
    }
    expect(readdirSync(directory)).toEqual(["Some tree"])
  })

  it("leaves nothing when its stream fails or is interrupted", async () => {
    const directory = makeDirectory()
    const content = await packed(makeTree(directory), format)
    const half = Stream.succeed(content.subarray(0, content.length / 2))
    expect(
      await run(Effect.flip(unpack(Stream.concat(half, Stream.fail("broken")), join(directory, "no"), { format })))
    ).toBe("broken")
    const reached = await run(Deferred.make<void>())
    const endless = Stream.concat(
      half,
      Stream.fromEffect(Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
    )
    await run(Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(unpack(endless, join(directory, "no"), { format }), {
        startImmediately: true
      })
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
    }))
    expect(readdirSync(directory)).toEqual(["Some tree"])
  })

  it("is refused past its bounds, and leaves nothing", async () => {
    const directory = makeDirectory()
    const root = makeTree(directory)
    for (const bounds of [{ entries: 3 }, { bytes: 1_000_000 }]) {
      const error = await failure(unpack(pack(root, { format }), join(directory, "no"), { format, bounds }))
      expect(error).toMatchObject({ reason: "TooLarge", operation: "unpack" })
      expect(error.message).toMatch(/Raise the bound/)
    }
    expect(readdirSync(directory)).toEqual(["Some tree"])
  })

  it("overwrites nothing", async () => {
    const directory = makeDirectory()
    const root = makeTree(directory)
    const error = await failure(unpack(pack(root, { format }), root, { format }))
    expect(error).toMatchObject({ reason: "Exists" })
  })
})

describe("Compression", () => {
  it("goes from none to most, and is refused beyond", async () => {
    const path = join(makeDirectory(), "text")
    writeFileSync(path, "some words that repeat ".repeat(20_000))
    for (const format of ["tar+gzip", "zip"] as const) {
      const [none, fast, most] = await Promise.all([0, 1, 9].map((level) => packed(path, format, level)))
      expect(none!.length).toBeGreaterThan(450_000)
      expect(fast!.length).toBeLessThan(50_000)
      expect(most!.length).toBeLessThan(fast!.length)
      for (const level of [-1, 10, 1.5]) {
        expect(await failure(Stream.runDrain(pack(path, { format, level })))).toMatchObject({ reason: "Unsupported" })
      }
    }
  })

  it("of a bomb is stopped long before it has filled the disk", async () => {
    const directory = makeDirectory()
    const path = join(directory, "zeros")
    execFileSync("truncate", ["-s", "100M", path])
    for (const format of ["tar+gzip", "zip"] as const) {
      const content = await packed(path, format, 9)
      expect(content.length).toBeLessThan(130_000)
      const bounds = { ratio: 100 }
      const error = await failure(unpack(Stream.succeed(content), join(directory, "no"), { format, bounds }))
      expect(error).toMatchObject({ reason: "TooLarge", message: expect.stringContaining("100 times") })
    }
    expect(readdirSync(directory)).toEqual(["zeros"])
  })
})

describe("The format none", () => {
  it("is the file as it is", async () => {
    const directory = makeDirectory()
    writeFileSync(join(directory, "file"), noise(100_000))
    expect(Buffer.compare(await packed(join(directory, "file"), "none"), noise(100_000))).toBe(0)
    const target = join(directory, "copy")
    const unpacked = await run(unpack(pack(join(directory, "file"), { format: "none" }), target, { format: "none" }))
    expect(unpacked).toEqual({ kind: "file", entries: 1, bytes: 100_000 })
    expect(Buffer.compare(readFileSync(target), noise(100_000))).toBe(0)
    expect(await failure(Stream.runDrain(pack(directory, { format: "none" })))).toMatchObject({ reason: "Unsupported" })
  })
})
