import { describe, expect, it } from "vitest"
import { keyProblem } from "../../src/artifact/key.ts"
import { folderOfPrefix, keyOfPath, objectPath, pendingFolder } from "../../src/store/disk/objectPath.ts"
import { seeded } from "../run/random.ts"
import { validKeys } from "./keys.ts"

const alphabet = Array.from('aAbB_%~. /éÉe\u0301üß日🎉:*?"<>|-0')

const randomKey = (seed: number): string => {
  const random = seeded(seed)
  const length = 1 + random.below(seed % 10 === 0 ? 300 : 12)
  return Array.from({ length }, () => random.pick(alphabet)).join("")
}

const randomKeys = Array.from({ length: 5_000 }, (_, seed) => randomKey(seed)).filter((key) =>
  keyProblem(key) === undefined
)
const keys = [...new Set([...validKeys, ...randomKeys])]

describe("objectPath()", () => {
  it("is reversible", () => {
    expect(keys.length).toBeGreaterThan(1_000)
    for (const key of keys) expect(keyOfPath(objectPath(key))).toBe(key)
  })

  it("gives different keys paths that differ on disks that fold case and accents, and no path the role of another's folder", () => {
    const paths = keys.map((key) => objectPath(key).toLowerCase().normalize("NFC"))
    expect(new Set(paths).size).toBe(keys.length)
    const folders = new Set(
      paths.flatMap((path) => path.split("/").slice(0, -1).map((_, at, all) => all.slice(0, at + 1).join("/")))
    )
    expect(paths.filter((path) => folders.has(path))).toEqual([])
  })

  it("uses only names that every file system takes", () => {
    const names = keys.flatMap((key) => objectPath(key).split("/"))
    expect(names.filter((name) => !/^[a-z0-9_%~ .,()=@+-]{1,255}$/.test(name))).toEqual([])
    expect(names.filter((name) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(name) || /[ .]$|^\.\.?$/.test(name)))
      .toEqual([])
    expect(names.filter((name) => name.startsWith(pendingFolder))).toEqual([])
  })

  it("lays every key under the folder of each of its prefixes", () => {
    const outside = keys.slice(0, 500).flatMap((key) => {
      const path = objectPath(key)
      return Array.from({ length: key.length + 1 }, (_, end) => key.slice(0, end))
        .filter((prefix) => !path.startsWith(folderOfPrefix(prefix)))
    })
    expect(outside).toEqual([])
  })

  it("stays readable for ordinary keys", () => {
    expect(objectPath("runs/R1/Report_2.pdf")).toBe("runs~/_r1~/_report__2.pdf")
  })
})

describe("keyOfPath()", () => {
  it.each(["A", "a~", "a~~", "b/a", "%4", "%41", "a%", "", "~", "a~/", "x.", "con", "%0a", "%2e%2e", "%pending/1"])(
    "takes %s for foreign",
    (path) => {
      expect(keyOfPath(path)).toBeUndefined()
    }
  )
})
