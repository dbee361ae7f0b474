import { mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hostPathOf } from "../../../src/argo/bodies/pod/hostPath.ts"
import { removeTree } from "../../removeTree.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinnace-host-path-"))
  mkdirSync(join(folder, "dir"))
  writeFileSync(join(folder, "file"), "text")
})
afterAll(() => removeTree(folder))

const used = (type: string | undefined, path: string): string =>
  hostPathOf({ name: "work", hostPath: { path: join(folder, path), ...(type === undefined ? {} : { type }) } })

describe("a volume of a path of this host", () => {
  it.each([
    [undefined, "dir", "directory"],
    [undefined, "file", "file"],
    [undefined, "new/a", "directory"],
    ["", "new/b", "directory"],
    ["Directory", "dir", "directory"],
    ["DirectoryOrCreate", "dir", "directory"],
    ["DirectoryOrCreate", "new/c", "directory"],
    ["File", "file", "file"],
    ["FileOrCreate", "file", "file"],
    ["FileOrCreate", "fresh", "file"]
  ])("of type %s at %s is a %s", (type, path, kind) => {
    const found = statSync(used(type, path))
    expect(found.isDirectory() ? "directory" : found.isFile() ? "file" : "other").toBe(kind)
    if (path === "file") expect(found.size).toBe(4)
  })

  it("of type CharDevice is a device", () => {
    expect(hostPathOf({ name: "null", hostPath: { path: "/dev/null", type: "CharDevice" } })).toBe("/dev/null")
  })

  it.each([
    ["Directory", "none", "type check failed: there is no directory"],
    ["Directory", "file", "is not a directory"],
    ["DirectoryOrCreate", "file", "is not a directory"],
    ["File", "none", "there is no file"],
    ["File", "dir", "is not a file"],
    ["FileOrCreate", "dir", "is not a file"],
    ["FileOrCreate", "missing/file", "cannot be used: ENOENT"],
    ["Socket", "file", "is not a socket"],
    ["CharDevice", "file", "is not a character device"],
    ["BlockDevice", "none", "there is no block device"],
    ["Folder", "dir", "type 'Folder' is not one of DirectoryOrCreate, Directory"],
    [undefined, "file/under", "cannot be used: "]
  ])("of type %s at %s is refused by the name of the volume: %s", (type, path, message) => {
    expect(() => used(type, path)).toThrow("volume 'work': hostPath ")
    expect(() => used(type, path)).toThrow(message)
  })
})
