import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Exited } from "../../src/process/Executor.ts"
import { Groups } from "../../src/process/group/Groups.ts"
import type { Launch } from "../../src/process/group/Launch.ts"
import { runGroup } from "../../src/process/group/runGroup.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "group-"))
afterAll(() => removeTree(folder))

const path = process.env["PATH"] ?? ""
const shellsWork = process.platform === "linux" && !("Deno" in globalThis)
const kinds = [["no shell", []], ...(shellsWork ? [["bash", ["bash"]], ["sh", ["sh"]]] as const : [])] as const

/** What `ps` says of a process: `T` is stopped, `Z` has ended without anybody asking how. */
const stateOf = (pid: number): string =>
  spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim().slice(0, 1)

const isAlive = (pid: number): boolean => !["", "Z"].includes(stateOf(pid))

/**
 * A shell without job control lets its programs in the background ignore two signals, and what Deno starts ignores
 * them too; nothing that a script does changes that.
 */
const inherits = "Deno" in globalThis && existsSync("/proc/self/status") &&
  (Number.parseInt(/SigIgn:\s+(.*)/.exec(readFileSync("/proc/self/status", "utf8"))![1]!.slice(-1), 16) & 6) !== 0

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(kinds)("A group started by %s", (_, shells) => {
  let groups: Groups
  beforeAll(() => {
    groups = new Groups({ shells })
    return () => groups.close()
  })

  const group = (program: string, args: ReadonlyArray<string>, more: Partial<Launch> = {}) =>
    runGroup({ program, args, env: { PATH: path }, cwd: "/", grace: 2_000, onOutput: undefined, ...more }, groups)
  const run = (...args: Parameters<typeof group>): Promise<Exited> => Effect.runPromise(group(...args))
  const sh = (script: string, more: Partial<Launch> = {}): Promise<Exited> => run("sh", ["-c", script], more)

  it("sees exactly the environment it is given", async () => {
    const env = {
      PATH: path,
      EMPTY: "",
      LINES: "a\nb'c\"d\\e$f`g",
      IFS: ",",
      OPTIND: "odd",
      BASH_ENV: "/nowhere",
      PWD: "/elsewhere",
      NONE: undefined
    }
    const others = { "with.dot": "x", "-u": "y", UID: "7", EPOCHSECONDS: "x", HISTCMD: "x", PIPESTATUS: "x" }
    for (const more of [{}, others]) {
      const { stdout } = await run("env", ["-0"], { env: { ...env, ...more } })
      const seen = stdout.split("\0").filter((it) => it !== "" && !it.startsWith("_="))
      const given = Object.entries({ ...env, ...more }).flatMap(([k, v]) => v === undefined ? [] : [`${k}=${v}`])
      expect(seen.toSorted()).toEqual(given.toSorted())
    }
  })

  it("is given what this process has, also what a shell keeps for itself", async () => {
    const kept = { IFS: ",", OPTERR: "x", PS1: "x", PS4: "x", next: "x", s: "x", EPOCHREALTIME: "x" }
    Object.assign(process.env, kept)
    const own = new Groups({ shells })
    const { stdout } = await Effect.runPromise(runGroup(
      { program: "env", args: ["-0"], env: process.env, cwd: "/", grace: 2_000, onOutput: undefined },
      own
    ))
    own.close()
    for (const name of Object.keys(kept)) delete process.env[name]
    expect(stdout.split("\0")).toEqual(expect.arrayContaining(Object.entries(kept).map(([k, v]) => `${k}=${v}`)))
  })

  it("is told nothing by the files of a user's own shells", async () => {
    const home = mkdtempSync(join(folder, "home-"))
    for (const name of [".bashrc", ".profile", ".bash_profile"]) writeFileSync(join(home, name), "touch ~/read\n")
    const { HOME, SHLVL } = process.env
    Object.assign(process.env, { HOME: home, SHLVL: "0" })
    const own = new Groups({ shells })
    await Effect.runPromise(runGroup(
      { program: "true", args: [], env: { PATH: path }, cwd: "/", grace: 2_000, onOutput: undefined },
      own
    ))
    own.close()
    Object.assign(process.env, { HOME, SHLVL: SHLVL ?? "0" })
    expect(existsSync(join(home, "read"))).toBe(false)
  })

  it("begins where it is told to, also beneath the working directory of this process", async () => {
    expect((await run("pwd", ["-P"], { cwd: "test" })).stdout).toBe(`${join(process.cwd(), "test")}\n`)
  })

  it("gets its arguments as they are, however long", async () => {
    const args = ["", " a  b ", "'", '"\\$x`y`', "two\nlines", "é😀", "-n", "x".repeat(120_000)]
    const { stdout } = await run("printf", ["%s\\0", ...args])
    expect(stdout.split("\0").slice(0, -1)).toEqual(args)
  })

  it("ends its output with what it began of a character", async () => {
    expect((await sh("printf 'a\\303'")).stdout).toBe("a\uFFFD")
  })

  it("tells how it ended", async () => {
    expect((await sh("exit 3")).code).toBe(3)
    expect((await sh("no-such-program-at-all")).code).toBe(127)
    expect((await sh("kill -KILL $$")).code).toBe(137)
    expect((await sh("kill -TERM $$")).code).toBe(143)
  })

  it.skipIf(inherits)("ignores no signal", async () => {
    expect((await sh("trap 'echo int' INT; kill -INT $$; trap 'echo quit' QUIT; kill -QUIT $$")).stdout).toBe(
      "int\nquit\n"
    )
  })

  it("reads nothing and leads a group", async () => {
    const { stdout } = await sh('cat; echo "$$ $(ps -o pgid= -p $$)"')
    const [pid, leader] = stdout.trim().split(/\s+/)
    expect(leader).toBe(pid)
  })

  it.runIf(shells.length > 0 || "Deno" in globalThis)("can open its output again", async () => {
    const { code, stderr, stdout } = await sh(
      "echo out >/dev/stdout; echo err >/dev/stderr; echo both | tee /dev/stderr"
    )
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "err\nboth\n", stdout: "out\nboth\n" })
  })

  it("says why it cannot be started", async () => {
    const script = join(folder, "script")
    writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 })
    const plain = join(folder, "plain")
    writeFileSync(plain, "x", { mode: 0o644 })
    const failures = [
      [script, {}],
      [join(folder, "nothing"), {}],
      ["-c", {}],
      [plain, {}],
      ["/bin/echo", { cwd: join(folder, "nowhere") }],
      ["/bin/echo", { env: { ZERO: "a\0b" } }]
    ] as const
    for (const [program, more] of failures) {
      const failure = await Effect.runPromise(Effect.flip(group(program, [], more)))
      expect(failure._tag).toBe("SpawnFailed")
      expect(failure.message).toContain(`failed to start ${program}`)
    }
  })

  // What Bun starts itself has to say how.
  it.skipIf(shells.length === 0 && "Bun" in globalThis)("runs a script that does not say how", async () => {
    const script = join(folder, "bare")
    writeFileSync(script, "echo bare $1\n", { mode: 0o755 })
    expect((await run(script, ["it"])).stdout).toBe("bare it\n")
  })

  it("is not disturbed by what has escaped another one", async () => {
    const pids = join(folder, `escaped-${shells[0] ?? ""}`)
    await sh(
      `setsid sh -c 'echo $$ > ${pids}; while :; do echo stray; sleep 0.01; done' & while [ ! -s ${pids} ]; do :; done`
    )
    for (let n = 0; n < 3; n++) expect(await sh("echo mine")).toMatchObject({ stdout: "mine\n", stderr: "" })
    try {
      process.kill(Number(readFileSync(pids, "utf8")), "SIGKILL")
    } catch {
      // Nobody reads what it writes: it may have ended of that.
    }
  })

  it("is one of as many as are wanted at once", async () => {
    const go = join(folder, `go-${shells[0] ?? ""}`)
    let up = 0
    const onOutput = (): void => {
      if (++up === 30) writeFileSync(go, "")
    }
    const all = Array.from({ length: 30 }, () => sh(`echo up; while [ ! -e ${go} ]; do sleep 0.05; done`, { onOutput }))
    expect((await Promise.all(all)).map(({ code }) => code)).toEqual(Array.from({ length: 30 }, () => 0))
  })

  it("goes on after it was stopped for a while, however early", async () => {
    const one = async (): Promise<void> => {
      let leader = 0
      const onOutput = (_: string, text: string): void => {
        leader ||= Number(text)
      }
      const ended = sh("echo $$; kill -STOP $$; echo on; exit 4", { onOutput })
      await until(() => leader !== 0 && stateOf(leader) === "T")
      process.kill(leader, "SIGCONT")
      expect(await ended).toMatchObject({ code: 4, stdout: `${leader}\non\n` })
    }
    await Promise.all(Array.from({ length: 10 }, one))
  })

  it("is gone when it is interrupted, however early", async () => {
    for (let n = 0; n < 20; n++) {
      const file = join(folder, `early-${shells[0] ?? ""}-${n}`)
      const fiber = Effect.runFork(group("sh", ["-c", `echo $$ > ${file}; sleep 300`]))
      if (n % 2 === 1) await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"))
      for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve))
      await Effect.runPromise(Fiber.interrupt(fiber))
      if (existsSync(file) && readFileSync(file, "utf8") !== "") {
        expect(isAlive(Number(readFileSync(file, "utf8")))).toBe(false)
      }
    }
  })
})

describe.runIf(shellsWork)("A shell", () => {
  it("starts one leader after another", async () => {
    const groups = new Groups({ shells: ["bash"] })
    const parent = () => Effect.runPromise(runGroup(launch("echo $PPID"), groups))
    const parents = [await parent(), await parent(), await parent()].map(({ stdout }) => stdout)
    expect(new Set(parents).size).toBe(1)
    groups.close()
  })

  it("whose end nobody expected takes its leader along", async () => {
    const groups = new Groups({ shells: ["bash"] })
    let leader = 0
    const onOutput = (_: string, text: string): void => {
      const [pid, shell] = text.trim().split(" ").map(Number)
      leader = pid!
      process.kill(shell!, "SIGKILL")
    }
    const { code } = await Effect.runPromise(runGroup({ ...launch("echo $$ $PPID; sleep 300"), onOutput }, groups))
    expect(code).toBe(137)
    await until(() => !isAlive(leader))
    expect((await Effect.runPromise(runGroup(launch("echo again"), groups))).stdout).toBe("again\n")
    groups.close()
  })

  it("that does not work here is done without", async () => {
    const groups = new Groups({ shells: ["no-such-shell" as "sh"] })
    expect((await Effect.runPromise(runGroup(launch("echo done"), groups))).stdout).toBe("done\n")
    groups.close()
  })

  const launch = (script: string): Launch => ({
    program: "sh",
    args: ["-c", script],
    env: { PATH: path },
    cwd: "/",
    grace: 2_000,
    onOutput: undefined
  })
})
