/** The verbs that only look, on a state file that cannot be written. Skipped where nothing can be mounted. */
import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { canMount, mountReadOnly } from "../sqlite/mount.ts"
import { Cli, type Done } from "./Cli.ts"

const root = join(import.meta.dirname, "../..")

describe.skipIf(!canMount)("a state file that cannot be written", () => {
  let cli: Cli
  let other: Cli
  let mounted: ReturnType<typeof mountReadOnly>
  let temporary: string
  beforeAll(async () => {
    cli = new Cli()
    other = new Cli()
    mounted = mountReadOnly(cli.folder)
    temporary = join(other.folder, "temporary")
    mkdirSync(temporary)
    await started("fail", "fail-1")
  })
  afterAll(() => {
    mounted?.remove()
    cli?.remove()
    other?.remove()
  })

  /** Runs an app on the file, from where it can be written, until a run of it has ended. */
  const started = async (workflow: string, id: string): Promise<void> => {
    const app = cli.program("app.ts")
    await app.seen("ready")
    app.say(`${workflow} ${id}`)
    await app.seen(`started ${id}\n`)
    await cli.run(["wait", id])
    await app.end()
  }

  const env = () => ({ PINNACE_DB: join(mounted.path, "state.db"), TMPDIR: temporary })
  const look = (...args: ReadonlyArray<string>): Promise<Done> => other.run(args, env())

  it("that nobody has open is read by each of them, and nothing is left behind", async () => {
    const before = readdirSync(cli.folder)
    expect(before).not.toContain("state.db-shm")
    const said = {
      list: "fail-1",
      "get fail-1": "Refusal",
      "logs fail-1": "this cannot be",
      "why fail-1": "the run ended Failed",
      "timeline fail-1": "Critical path",
      "graph fail-1": "refuse",
      "diff fail-1 fail-1": "No difference",
      locks: "No semaphores",
      artifacts: "note.txt",
      "cp fail-1 out": "note.txt of saved → out/fail-1/saved/note.txt",
      "export fail-1 fail.tgz": "fail-1 → fail.tgz",
      doctor: "this user may only read it, from a copy of ",
      version: "pinnace"
    }
    for (const [args, text] of Object.entries(said)) {
      expect(await look(...args.split(" ")), args).toMatchObject({
        code: 0,
        out: expect.stringContaining(text),
        err: ""
      })
    }
    expect(await look("wait", "fail-1")).toMatchObject({
      code: 1,
      out: expect.stringContaining("fail-1 Failed"),
      err: ""
    })
    expect(await look("watch", "fail-1")).toMatchObject({ code: 1, out: expect.stringContaining('by":"the clerk') })
    expect([readdirSync(cli.folder), readdirSync(temporary)]).toEqual([before, []])
  })

  it("is refused by those that write, with what to do", async () => {
    for (const args of [["retry", "fail-1"], ["stop", "fail-1"], ["delete", "fail-1"], ["locks", "set", "desk", "2"]]) {
      const { code, err } = await look(...args)
      expect([args, code, err]).toEqual([
        args,
        2,
        expect.stringContaining("Check that the directory exists and that this user may write to both")
      ])
    }
  })

  it("that another process works on is read in place, and followed as it is written", async () => {
    const app = cli.program("app.ts")
    await app.seen("ready")
    app.say("ask ask-1")
    await app.seen("started ask-1\n")
    expect((await look("doctor")).out).toMatch(/only read it, in place\n[^]*Executed by +1 living processes/)
    const watching = other.start(["watch", "ask-1"], env())
    const waiting = other.start(["wait", "ask-1"], env())
    await watching.seen("go: waits for a signal")
    expect((await look("why", "ask-1")).out).toMatch(/^go: it waits for a signal\n {2}pinnace approve ask-1 go/)
    await cli.run(["approve", "ask-1"])
    await watching.seen("answer: waits for a signal")
    await cli.run(["signal", "ask-1", "answer", "21"])
    expect(await waiting.done).toMatchObject({ code: 0, out: expect.stringContaining("ask-1 Succeeded"), err: "" })
    expect((await watching.done).out).toContain("✔ ask-1 Succeeded")
    await app.end()
  })

  it("of a process that was killed shows what that had committed, on each runtime, also without SQLite's index", async () => {
    const app = cli.program("app.ts")
    await app.seen("ready")
    app.say("ask ask-2")
    await app.seen("started ask-2\n")
    app.child.kill("SIGKILL")
    await app.done
    const list = (runtime: string, before: ReadonlyArray<string>): string => {
      const command = [...before, join(root, "src/cli/main.ts"), "list", "--running", "-o", "name"]
      const options = { cwd: other.folder, encoding: "utf8", env: { ...process.env, ...env() } } as const
      return spawnSync(join(root, "node_modules/.bin", runtime), command, options).stdout
    }
    const runtimes = [["node", []], ["bun", []], ["deno", ["run", "-A"]]] as const
    expect((await look("doctor")).out).toMatch(/only read it, in place\n[^]*Interrupted +ask-2/)
    expect(runtimes.map(([name, before]) => list(name, before))).toEqual(runtimes.map(() => "ask-2\n"))
    rmSync(`${cli.db}-shm`)
    expect(existsSync(`${cli.db}-wal`)).toBe(true)
    expect((await look("doctor")).out).toMatch(/only read it, from a copy of [^]*Interrupted +ask-2/)
    expect(runtimes.map(([name, before]) => list(name, before))).toEqual(runtimes.map(() => "ask-2\n"))
  })

  it("of an older version is read as well", async () => {
    copyFileSync(join(root, "test/sqlite/files/v1.db"), join(cli.folder, "old.db"))
    const { code, err, out } = await other.run(["list", "--db", join(mounted.path, "old.db"), "-o", "name"], env())
    expect([code, err]).toEqual([0, ""])
    expect(out).not.toBe("")
  })
})
