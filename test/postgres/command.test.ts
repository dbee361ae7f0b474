/** The command on a database: `--db postgres://…`. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { PassThrough } from "node:stream"
import { text } from "node:stream/consumers"
import { describe, expect, it, onTestFinished } from "vitest"
import { task, workflow } from "../../mod.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { lineOf } from "../../src/cli/running/untilCut.ts"
import { withoutPassword } from "../../src/postgres/address.ts"
import { migrated as migrateTo } from "../../src/postgres/inspect.ts"
import { schemaVersion } from "../../src/postgres/migrate.ts"
import { removeTree } from "../removeTree.ts"
import { emptied, migrated, outside } from "./PgWorld.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

const greet = workflow("greet", {}, (w) => w.node("hello", task("hello", { run: () => "Hello" })))

const command = async (...args: ReadonlyArray<string>) => {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const read = Promise.all([text(out), text(err)])
  const code = await commandLine([...args, "--db", sharedServer().url], {
    program: "pinnace",
    workflows: [greet],
    streams: { out, err } as never
  })
  out.end()
  err.end()
  const [printed, complained] = await read
  return { code, text: printed + complained }
}

describe.skipIf(!hasPostgres)(`with a server (${withoutPostgres})`, () => {
  it("runs, lists, shows and deletes runs, and says what is to be known of the database", async () => {
    // Other tests use the same server, and may have left runs there.
    await migrated()
    await emptied()
    onTestFinished(emptied)
    expect(await command("migrate")).toMatchObject({ code: 0, text: expect.stringContaining("version") })
    expect(await command("run", "greet", "--id", "one")).toMatchObject({
      code: 0,
      text: expect.stringContaining("Hello")
    })
    expect(await command("list")).toMatchObject({ code: 0, text: expect.stringMatching(/one .*greet/s) })
    expect(await command("get", "one")).toMatchObject({ code: 0, text: expect.stringContaining("hello") })
    expect(await command("why", "one")).toMatchObject({ code: 0 })
    expect(await command("locks")).toMatchObject({ code: 0 })
    expect(await command("doctor")).toMatchObject({ code: 0, text: expect.stringMatching(/PostgreSQL +1\d/) })
    const file = join(mkdtempSync(join(tmpdir(), "pinnace-copied-")), "copied.db")
    onTestFinished(() => removeTree(dirname(file)))
    expect(await command("copy", sharedServer().url, file)).toMatchObject({
      code: 0,
      text: expect.stringMatching(/→ .*copied.db: 1 run, .* rows, compared/)
    })
    expect(await command("copy", file, sharedServer().url)).toMatchObject({
      code: 2,
      text: expect.stringContaining("has rows")
    })
    expect(await command("delete", "one")).toMatchObject({ code: 0 })
    expect((await command("list")).text).toContain("No runs")
    expect((await command("backup", "copy.db")).text).toContain("pg_dump")
  })

  it("verbs that look or act do not make the schema of an empty database; migrate says what it did", async () => {
    const session = await outside()
    await session.query("DROP SCHEMA IF EXISTS pinnace CASCADE")
    for (const args of [["list"], ["get", "r"], ["why"], ["locks"], ["stop", "r"], ["resume", "r"]]) {
      expect(await command(...args), args[0]).toMatchObject({ code: 64, text: expect.stringContaining("no schema") })
    }
    expect(await session.query("SELECT 1 FROM pg_namespace WHERE nspname = 'pinnace'")).toEqual([])
    expect((await command("doctor")).code).not.toBe(0)
    const both = await Promise.all([migrateTo(sharedServer()), migrateTo(sharedServer())])
    expect(both.map(({ from }) => from).sort()).toEqual([0, schemaVersion])
    expect((await command("migrate")).text).toContain(`is up to date (schema version ${schemaVersion})`)
  })
})

it("a command line that is shown again has no passwords", () => {
  const args = ["copy", "postgres://ada:secret@db/app", "--db=postgres://ada:secret@db/app", "my file.db"]
  expect(lineOf({ program: "pinnace", args })).toBe(
    "pinnace copy postgres://ada@db/app --db=postgres://ada@db/app 'my file.db'"
  )
})

describe("withoutPassword()", () => {
  it.each([
    ["postgres://app:secret@db:5432/app", "postgres://app@db:5432/app"],
    ["postgresql://db/app?user=app&password=secret", "postgresql://db/app?user=app&password=***"],
    ["postgres://app@db/app", "postgres://app@db/app"],
    ["state.db", "state.db"]
  ])("shows %s as %s", (address, shown) => expect(withoutPassword(address)).toBe(shown))
})
