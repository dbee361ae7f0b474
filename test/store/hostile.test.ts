/** Archives that were made to do harm: nothing is written outside, the entry is named, nothing stays. */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Stream from "effect/Stream"
import { packTar, type TarEntry } from "modern-tar"
import { describe, expect, it, onTestFinished } from "vitest"
import { ZipFile } from "yazl"
import { linkLeaves } from "../../src/artifact/linkTarget.ts"
import { unpack } from "../../src/store/archive/unpack.ts"
import { seeded } from "../run/random.ts"
import { bytes, failure, run } from "./StoreWorld.ts"
import { removeTree } from "../removeTree.ts"

const makeDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-hostile-"))
  onTestFinished(() => removeTree(directory))
  return directory
}

const file = (name: string, body = "x"): TarEntry => ({ header: { name, size: body.length, type: "file" }, body })
const directory = (name: string): TarEntry => ({ header: { name, size: 0, type: "directory" } })
const link = (name: string, linkname: string): TarEntry => ({ header: { name, linkname, size: 0, type: "symlink" } })
const hardLink = (name: string, linkname: string): TarEntry => ({ header: { name, linkname, size: 0, type: "link" } })
const special = (name: string, type: "fifo" | "character-device" | "block-device"): TarEntry => ({
  header: { name, size: 0, type }
})

const attacks: Readonly<Record<string, readonly [entries: ReadonlyArray<TarEntry>, named: string]>> = {
  "a file in the directory above": [[file("../evil")], "../evil"],
  "a file above, after a detour": [[file("a/../../evil")], "a/../../evil"],
  "an absolute file": [[file("/tmp/evil")], "/tmp/evil"],
  "a Windows path": [[file("C:\\evil")], "C:\\evil"],
  "a drive": [[file("C:/evil")], "C:/evil"],
  "a directory above": [[directory("../evil/")], "../evil/"],
  "a link to an absolute path": [[link("evil", "/etc/passwd")], "evil"],
  "a link above": [[link("a/evil", "../../x")], "a/evil"],
  "a write through a link": [[link("a", "b"), directory("b"), file("a/evil")], "a/evil"],
  "a write through a link to the outside": [[link("a", "../.."), file("a/evil")], "a/evil"],
  "a link over a link": [[link("a", "."), link("a", "b")], "a"],
  "a chain of links that leaves": [[directory("d"), link("d/up", ".."), link("out", "d/up/../x"), file("f")], "out"],
  "a hard link to a file outside": [[hardLink("evil", "/etc/passwd")], "/etc/passwd"],
  "a hard link above": [[hardLink("evil", "../secret")], "../secret"],
  "a hard link to what is not there": [[hardLink("evil", "etc/passwd")], "evil"],
  "a hard link to a link": [[link("a", "b"), hardLink("evil", "a")], "evil"],
  "a device": [[special("evil", "character-device")], "evil"],
  "a disk": [[special("evil", "block-device")], "evil"],
  "a pipe": [[special("evil", "fifo")], "evil"],
  "a file twice": [[file("evil"), file("evil")], "evil"],
  "a file that is a directory too": [[file("a"), file("a/evil")], "a/evil"],
  "a directory over a file": [[file("evil"), directory("evil/")], "evil"],
  "a NUL in a name": [[{ header: { name: "evil", size: 0, type: "file", pax: { path: "ev\0il" } } }], "ev"],
  "nesting without end": [[file(`${"d/".repeat(300)}evil`)], "d/d/"]
}

describe("A hostile tar archive", () => {
  it.each(Object.entries(attacks))("with %s is refused", async (_, [entries, named]) => {
    const outside = makeDirectory()
    writeFileSync(join(outside, "secret"), "secret")
    mkdirSync(join(outside, "inner"))
    const content = await packTar(entries)
    const error = await failure(unpack(Stream.succeed(content), join(outside, "inner/target"), { format: "tar" }))
    expect(error).toMatchObject({ reason: "Unsafe", operation: "unpack", isRetryable: false })
    expect(error.key + error.message).toContain(named)
    expect(readdirSync(outside, { recursive: true }).sort()).toEqual(["inner", "secret"])
  })

  it("loses set-user-id bits", async () => {
    const target = join(makeDirectory(), "target")
    const content = await packTar([{ header: { name: "f", size: 1, mode: 0o6755 }, body: "x" }])
    await run(unpack(Stream.succeed(content), target, { format: "tar" }))
    expect(execFileSync("stat", ["-c", "%a", target], { encoding: "utf8" })).toBe("755\n")
  })

  it("with a harmless hard link gets a copy", async () => {
    const target = join(makeDirectory(), "target")
    const content = await packTar([file("a", "text"), hardLink("b", "a")])
    await run(unpack(Stream.succeed(content), target, { format: "tar" }))
    writeFileSync(join(target, "b"), "changed")
    expect(readFileSync(join(target, "a"), "utf8")).toBe("text")
  })
})

/** A zip whose names were exchanged for others of the same length after it was made. */
const zipWith = async (name: string, mode: number, content: string): Promise<Uint8Array> => {
  const zip = new ZipFile()
  const innocent = "n".repeat(bytes(name).length)
  zip.addBuffer(Buffer.from(content), innocent, { mode })
  zip.addBuffer(Buffer.from("x"), "other")
  zip.end()
  const chunks: Array<Buffer> = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  const archive = Buffer.concat(chunks)
  for (let at = archive.indexOf(innocent); at >= 0; at = archive.indexOf(innocent)) archive.write(name, at)
  return archive
}

describe("A hostile zip archive", () => {
  it.each([
    ["a file in the directory above", "../evil", 0o100644, "x"],
    ["an absolute file", "/tmp/evil", 0o100644, "x"],
    ["a Windows path", "..\\evil", 0o100644, "x"],
    ["a link above", "evil", 0o120777, "../../secret"],
    ["a link to an absolute path", "evil", 0o120777, "/etc/passwd"],
    ["a device", "evil", 0o020644, ""],
    ["a pipe", "evil", 0o010644, ""],
    ["a file twice", "other", 0o100644, ""]
  ])("with %s is refused", async (_, name, mode, content) => {
    const outside = makeDirectory()
    const archive = await zipWith(name, mode, content)
    const error = await failure(unpack(Stream.succeed(archive), join(outside, "target"), { format: "zip" }))
    expect(error).toMatchObject({ reason: "Unsafe", operation: "unpack", key: name })
    expect(readdirSync(outside)).toEqual([])
  })
})

describe("Archives of other programs", () => {
  it("made by tar are unpacked, with long names, links and more than one entry at the top", async () => {
    const outside = makeDirectory()
    const tree = join(outside, "tree")
    mkdirSync(join(tree, "a".repeat(120), "b".repeat(120)), { recursive: true })
    writeFileSync(join(tree, "a".repeat(120), "b".repeat(120), "c"), "deep")
    writeFileSync(join(tree, "top"), "top", { mode: 0o755 })
    symlinkSync("top", join(tree, "link"))
    for (const style of ["gnu", "pax"]) {
      const content = execFileSync("tar", [`--format=${style}`, "-C", tree, "-czf", "-", "."], { maxBuffer: 1e8 })
      const target = join(outside, style)
      await run(unpack(Stream.succeed(content), target))
      execFileSync("diff", ["-r", tree, target])
    }
    expect(readdirSync(outside).sort()).toEqual(["gnu", "pax", "tree"])
  })
})

describe("linkLeaves()", () => {
  it("agrees with what the system finds when it follows the links", () => {
    const names = ["a", "b", "c"]
    for (let seed = 0; seed < 400; seed++) {
      const random = seeded(seed)
      const outer = makeDirectory()
      const root = join(outer, "root")
      for (const folder of ["root/d/e", "root/f"]) mkdirSync(join(outer, folder), { recursive: true })
      const links = new Map(names.map((name) => {
        const at = random.pick(["", "d/", "d/e/", "f/"]) + name
        const steps = Array.from(
          { length: 1 + random.below(4) },
          () => random.pick(["..", "d", "e", "f", ".", ...names])
        )
        return [at, steps.join("/")] as const
      }))
      for (const [at, target] of links) symlinkSync(target, join(root, at))
      for (const at of links.keys()) {
        const real = resolveOrUndefined(join(root, at))
        // What leads nowhere may be refused or not; what leads out must be.
        if (real !== undefined && !`${real}/`.startsWith(`${root}/`)) {
          expect([seed, at, linkLeaves(at, links)]).toEqual([seed, at, true])
        }
      }
    }
  })

  it.each([
    ["x", "y", false],
    ["d/x", "../y", false],
    ["x", "..", true],
    ["d/x", "../..", true],
    ["x", "/etc", true],
    ["x", "a/b/../../c", false],
    ["x", "x", false],
    ["x", "a/../../root/y", true]
  ])("of %s to %s is %s", (at, target, leaves) => {
    expect(linkLeaves(at, new Map([[at, target]]))).toBe(leaves)
  })
})

const resolveOrUndefined = (path: string): string | undefined => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
