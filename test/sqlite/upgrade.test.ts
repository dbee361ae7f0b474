/** A state file of an earlier version is changed only once a copy of it is on the disk. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { open, type Upgrade } from "../../mod.ts"
import { writeCopy } from "../../src/sqlite/copy.ts"
import { Database } from "../../src/sqlite/Database.ts"
import { schemaVersion, versionOf } from "../../src/sqlite/migrate.ts"
import { openSqlite, type SqliteOptions } from "../../src/sqlite/openSqlite.ts"
import { readPage, table } from "../docs/Page.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { answersOf } from "../journal/answers.ts"
import { makeDirectory } from "./Child.ts"
import { canMount, mountTmpfs } from "./mount.ts"

const files = fileURLToPath(new URL("files/", import.meta.url))
const saved = readdirSync(files).filter((name) => name.endsWith(".db"))

/** A saved file in a folder of its own. */
const fileOf = (name: string, folder = makeDirectory()): string => {
  const file = join(folder, "state.db")
  copyFileSync(join(files, name), file)
  return file
}

const versionIn = (file: string): number => {
  const db = new Database(file, { readonly: true })
  try {
    return versionOf(db)
  } finally {
    db.close()
  }
}

const upgraded = (file: string, options: SqliteOptions = {}): Array<Upgrade> => {
  const told: Array<Upgrade> = []
  const onUpgrade = (it: Upgrade): void => {
    told.push(it)
    throw new Error("the app's own")
  }
  openSqlite(file, { onUpgrade, ...options }).close()
  return told
}

const runsIn = (file: string): ReadonlyArray<string> => {
  const journal = answersOf(openSqlite(file, { readOnly: true }))
  onTestFinished(() => journal.close())
  return journal.listRuns({}).map(({ id }) => id)
}

/** Some runtimes read one piece at a time. */
const textOf = (stream: PassThrough): string => {
  const parts: Array<string> = []
  for (let part: unknown = stream.read(); part !== null; part = stream.read()) parts.push(String(part))
  return parts.join("")
}

/** Uses the command in this process. */
const command = async (...args: ReadonlyArray<string>): Promise<{ readonly code: number; readonly out: string }> => {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const code = await commandLine(args, { program: "pinnace", workflows: [], streams: { out, err } })
  return { code, out: textOf(out) }
}

const backupsOf = (file: string): ReadonlyArray<string> =>
  readdirSync(join(file, "..")).filter((name) => name.includes(".bak"))

describe("a state file of an earlier version", () => {
  it.each(saved)("%s is kept as it was, under a name with its version and the time", (name) => {
    const file = fileOf(name)
    const from = versionIn(file)
    const [told, ...more] = upgraded(file)
    expect(more).toEqual([])
    const holdsRuns = runsIn(file).length > 0
    expect(told).toEqual({ file, from, to: schemaVersion, ...(holdsRuns ? { backup: expect.any(String) } : {}) })
    expect(versionIn(file)).toBe(schemaVersion)
    expect(backupsOf(file)).toHaveLength(holdsRuns ? 1 : 0)
    if (!holdsRuns) return
    expect(told!.backup).toMatch(new RegExp(`^${file}\\.v${from}-\\d{8}T\\d{6}Z\\.bak$`))
    expect(versionIn(told!.backup!)).toBe(from)
    expect(runsIn(told!.backup!)).toEqual(runsIn(file))
    // It is one: nothing is kept a second time.
    expect(upgraded(file)).toEqual([])
    expect(backupsOf(file)).toHaveLength(1)
  })

  it("goes back and forth within a second, and no backup takes the name of another one", () => {
    const file = fileOf("v5-runs.db")
    const kept = Array.from({ length: 3 }, () => {
      copyFileSync(join(files, "v5-runs.db"), file)
      return upgraded(file)[0]!.backup
    })
    expect(new Set(kept).size).toBe(3)
  })

  it("is changed without a copy where nobody wants one", () => {
    const file = fileOf("v5-runs.db")
    expect(upgraded(file, { backup: false })).toEqual([{ file, from: 5, to: schemaVersion }])
    const other = fileOf("v5-runs.db")
    vi.stubEnv("PINNACE_BACKUP", "off")
    onTestFinished(() => void vi.unstubAllEnvs())
    upgraded(other)
    expect([...backupsOf(file), ...backupsOf(other)]).toEqual([])
  })

  it("is refused and left as it is where it must not be changed, and can be looked at", async () => {
    const file = fileOf("v5-runs.db")
    const before = readFileSync(file)
    await expect(open(file, { migrate: false })).rejects.toMatchObject({
      reason: "OlderSchema",
      message: expect.stringContaining("readOnly: true")
    })
    expect(versionIn(file)).toBe(5)
    const looked = await command("list", "--db", file)
    expect([looked.code, looked.out]).toEqual([0, expect.stringContaining("killed-run")])
    expect([versionIn(file), backupsOf(file)]).toEqual([5, []])
    expect(readFileSync(file).length).toBe(before.length)
  })

  it("loses what a process left that died while it copied", () => {
    const file = fileOf("v5-runs.db")
    const left = `${file}.v5-20260101T000000Z.bak.999999999-0011aabb.partial`
    const other = `${file}.v5-20260101T000000Z.bak`
    for (const name of [left, other]) writeFileSync(name, "")
    upgraded(file)
    expect([existsSync(left), existsSync(other)]).toEqual([false, true])
  })

  it("stays as it is where the copy cannot be written", () => {
    const file = fileOf("v5-runs.db")
    // A damaged page: the copy does not pass its check, or cannot be made.
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 40_000, 48_000)
    writeFileSync(file, bytes)
    expect(() => upgraded(file)).toThrow(/left as it was|left as it is/)
    expect([versionIn(file), backupsOf(file)]).toEqual([5, []])
  })

  it.skipIf(!canMount)("stays as it is on a full disk (skipped without root on Linux)", () => {
    const folder = mountTmpfs("600k")
    const file = fileOf("v5-runs.db", folder)
    const db = new Database(file)
    db.exec("CREATE TABLE filler (data BLOB); INSERT INTO filler VALUES (zeroblob(180000))")
    db.close()
    expect(() => upgraded(file)).toThrow(/Cannot bring state file .* left as it is.*backup: false/s)
    expect([versionIn(file), backupsOf(file)]).toEqual([5, []])
  })

  it("that is restored is not copied a second time", async () => {
    const folder = makeDirectory()
    const file = fileOf("v5-runs.db", folder)
    const db = new Database(file)
    writeCopy(db, join(folder, "monday.db"))
    db.close()
    const to = join(folder, "to")
    mkdirSync(to)
    const done = await command("restore", join(folder, "monday.db"), "--db", join(to, "state.db"))
    expect([done.code, backupsOf(join(to, "state.db"))]).toEqual([0, []])
  })
})

it("the page of versions has a row for each schema", () => {
  const rows = table(readPage("docs/reference/versions.md"), "Schemas of state files").map(([version]) =>
    Number(version)
  )
  expect(rows).toEqual(Array.from({ length: schemaVersion }, (_, at) => at + 1))
})
