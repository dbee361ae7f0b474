import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { lookAt, putText, readText, removeIn } from "../../src/files/mod.ts"
import type { Command, Executor, Exited, Mount, Workspace } from "../../src/process/Executor.ts"
import { hostExecutor } from "../../src/process/hostExecutor.ts"
import { removeTreeLater } from "../../src/process/removeTree.ts"
import { sandboxExecutor } from "../../src/process/sandbox.ts"
import { sandboxWorks } from "../../src/process/sandboxWorks.ts"
import { defaultCommand, installTools } from "../../src/process/tools.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "executor-"))
const tools = join(folder, "bin")
const kinds = [
  ["process", hostExecutor],
  ...(sandboxWorks(folder) ? [["sandbox", sandboxExecutor] as const] : [])
] as const
let count = 0

afterAll(() => removeTree(folder))

/** Processes that carry a mark in their environment. */
const marked = (mark: string): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`MARK=${mark}`)
    } catch {
      return false
    }
  })

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(kinds)("%s", (kind, make) => {
  let executor: Executor
  beforeAll(() => {
    installTools(tools, process.env["PATH"] ?? "")
    executor = make(tools)
    return () => executor.close()
  })

  const open = (mounts: ReadonlyArray<Mount> = []): Workspace => executor.open(join(folder, `w${++count}`), mounts)
  const run = (command: Partial<Command>, workspace = open()): Promise<Exited> =>
    Effect.runPromise(workspace.run({ argv: [], env: {}, ...command }))
  const sh = (script: string, more: Partial<Command> = {}, workspace = open()): Promise<Exited> =>
    run({ argv: ["sh", "-c", script], ...more }, workspace)

  it("answers exit code and output", async () => {
    expect(await sh("echo out; echo err >&2; exit 3")).toEqual({
      code: 3,
      stdout: "out\n",
      cut: false,
      stderr: "err\n"
    })
  })

  it("passes environment, arguments and working directory as they are", async () => {
    const odd = "a b\n\"'$x\\ {{x}} é"
    const { stdout } = await sh('printf "%s|%s|%s" "$ODD" "$1" "$(pwd)"', {
      argv: ["sh", "-c", 'printf "%s|%s|%s" "$ODD" "$1" "$(pwd)"', "sh", odd],
      env: { ODD: odd },
      workingDirectory: "/usr"
    })
    expect(stdout).toBe(`${odd}|${odd}|/usr`)
  })

  it("runs a script from a file", async () => {
    expect((await run({ argv: ["sh"], script: "echo script $0 | grep -c /script" })).stdout).toBe("1\n")
    expect((await run({ argv: ["python"], script: "print(1 + 1)" })).stdout).toBe("2\n")
  })

  it("stands in for argosay", async () => {
    expect(defaultCommand("argoproj/argosay:v2")).toEqual(["argosay"])
    expect((await run({ argv: ["argosay"] })).stdout).toBe("hello argo\n")
    expect((await run({ argv: ["argosay", "echo", "x"] })).stdout).toBe("x\n")
    const workspace = open()
    const file = workspace.place("/tmp/argosay-out")
    expect((await run({ argv: ["argosay", "echo", "y", "/tmp/argosay-out"] }, workspace)).code).toBe(0)
    expect(readText(file)).toBe("y")
    removeIn(file)
  })

  it("keeps the end of large output and says that it is cut", async () => {
    const { code, cut, stderr, stdout } = await sh(
      "head -c 10485760 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero | tr '\\0' y >&2; echo end"
    )
    expect([code, cut, stdout.length, stdout.endsWith("xxend\n"), stderr.length]).toEqual([
      0,
      true,
      262_144,
      true,
      262_144
    ])
  })

  it("passes output on while it is written, without breaking characters", async () => {
    let seen = ""
    const text = "é😀".repeat(20_000)
    await sh('printf "%s" "$TEXT"', { env: { TEXT: text }, onOutput: (_, part) => seen += part })
    expect(seen).toBe(text)
  })

  it("ends when the command does, whatever it left behind", async () => {
    const mark = `left-${count}-${process.pid}-${executor.name}`
    const { code, stdout } = await sh("sleep 300 & echo done; exit 0", { env: { MARK: mark } })
    expect([code, stdout]).toEqual([0, "done\n"])
    await until(() => marked(mark).length === 0)
  })

  it.each([
    ["the whole tree", "sleep 300 & sleep 300 & touch /tmp/started; wait"],
    [
      "a tree that ignores the request to end",
      "trap '' TERM; (trap '' TERM; sleep 300) & touch /tmp/started; while :; do sleep 300; done"
    ]
  ])("interruption ends %s", async (_, script) => {
    const mark = `tree-${count}-${process.pid}-${executor.name}`
    const workspace = open()
    const started = workspace.place("/tmp/started")
    const fiber = Effect.runFork(workspace.run({ argv: ["sh", "-c", script], env: { MARK: mark }, grace: 200 }))
    await until(() => lookAt(started) !== undefined)
    await Effect.runPromise(Fiber.interrupt(fiber))
    removeIn(started)
    await until(() => marked(mark).length === 0)
  })

  it("ends with its node, also what made a session of its own, in a sandbox only", async () => {
    const mark = `session-${kind}-${process.pid}`
    await sh("setsid sleep 300 >/dev/null 2>&1 & sleep 0.1", { env: { MARK: mark } })
    const left = marked(mark)
    for (const pid of left) process.kill(Number(pid), "SIGKILL")
    expect(left).toHaveLength(kind === "sandbox" ? 0 : 1)
  })

  it("lets a command clean up when it is asked to end", async () => {
    const workspace = open()
    const [waiting, bye] = [workspace.place("/tmp/waiting"), workspace.place("/tmp/bye")]
    const script = "trap 'echo bye > /tmp/bye; exit 0' TERM; touch /tmp/waiting; while :; do sleep 0.05; done"
    const fiber = Effect.runFork(workspace.run({ argv: ["sh", "-c", script], env: {}, grace: 10_000 }))
    await until(() => lookAt(waiting) !== undefined)
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(readText(bye)).toBe("bye\n")
    removeIn(bye)
    removeIn(waiting)
  })

  it("fails, without throwing, when there is nothing to start", async () => {
    const plain = join(folder, "plain")
    writeFileSync(plain, "no program")
    for (const argv of [["no-such-program"], [plain], ["/usr"], [""], []]) {
      const exit = await Effect.runPromise(Effect.flip(open().run({ argv, env: {} })))
      expect(exit.notFound).toBe(true)
      expect(exit.message).toContain("failed to find name in PATH")
    }
  })

  it.each([
    ["", {}],
    [" that has no path", { PATH: "", TMPDIR: undefined }]
  ])("ends its processes when this process%s is killed", async (_, env) => {
    const mark = `orphan-${count}-${process.pid}-${executor.name}`
    const args = [executor.name, tools, join(folder, `w${++count}`)]
    const child = spawn(process.execPath, [join(import.meta.dirname, "orphan.ts"), ...args], {
      env: { ...process.env, ...env, MARK: mark },
      stdio: ["ignore", "pipe", "inherit"]
    })
    await new Promise((resolve) => child.stdout.once("data", resolve))
    // One that is just beginning its program shows no variables.
    await until(() => marked(mark).length > 2)
    child.kill("SIGKILL")
    await until(() => marked(mark).length === 0)
  })

  it("shows mounts where they are wanted", async () => {
    const host = join(folder, `volume${++count}`)
    mkdirSync(host)
    writeFileSync(join(host, "in"), "given")
    const workspace = open([{ host, path: "/data/volume" }])
    expect((await sh("cat /data/volume/in; echo made > /data/volume/out", {}, workspace)).stdout).toBe("given")
    expect(readFileSync(join(host, "out"), "utf8")).toBe("made\n")
    expect(readText(workspace.find("/data/volume/out"))).toBe("made\n")
  })

  it("leaves nothing of a workspace but what it says is its own", async () => {
    const workspace = open()
    await run({ argv: ["sh"], script: "echo x > file" }, workspace)
    const left = () =>
      readdirSync(folder).map((it) => join(folder, it)).filter((it) => it.startsWith(workspace.directory))
    expect(left().length).toBeGreaterThan(0)
    await Promise.all(workspace.own.map(removeTreeLater))
    expect(left()).toEqual([])
  })
})

describe.runIf(sandboxWorks(folder))("the sandbox", () => {
  const executor = sandboxExecutor(tools)
  const open = () => executor.open(join(folder, `w${++count}`), [])
  const sh = (script: string, workspace: Workspace) =>
    Effect.runPromise(workspace.run({ argv: ["sh", "-c", script], env: {} }))
  afterAll(() => executor.close())

  it("keeps what a command writes to itself", async () => {
    const [a, b] = [open(), open()]
    const script =
      "mkdir /mnt/out && echo $$ > /tmp/x && echo hi > /result.txt && echo y > relative && touch /etc/made && ls /tmp /mnt /work"
    for (const workspace of [a, b]) {
      expect(await sh(script, workspace)).toMatchObject({ code: 0, stdout: "/mnt:\nout\n\n/tmp:\nx\n\n/work:\n" })
    }
    expect(readText(a.find("/result.txt"))).toBe("hi\n")
    expect(readText(a.find("/relative"))).toBe("y\n")
    for (const path of ["/result.txt", "/etc/made", "/relative"]) expect(existsSync(path)).toBe(false)
  })

  it("lets files be placed before a command runs", async () => {
    const workspace = open()
    for (const path of ["/tmp/in", "/opt/in", "/in"]) {
      putText(workspace.place(path), `${path}\n`)
    }
    expect((await sh("cat /tmp/in /opt/in /in", workspace)).stdout).toBe("/tmp/in\n/opt/in\n/in\n")
  })

  it("shows a mount as one", async () => {
    const host = join(folder, `volume${++count}`)
    mkdirSync(host)
    const workspace = executor.open(join(folder, `w${++count}`), [{ host, path: "/mnt/vol" }])
    expect((await sh("grep -c ' /mnt/vol ' /proc/mounts", workspace)).stdout).toBe("1\n")
  })

  it("is undone with its command", () => {
    expect(execFileSync("cat", ["/proc/mounts"], { encoding: "utf8" })).not.toContain(folder)
  })
})

describe.each(kinds)("what a command of %s sees", (kind, make) => {
  const clean = ["HOME", "LANG", "LC_ALL", "PATH", "TERM", "TZ", "HTTPS_PROXY", "no_proxy"]
  const secrets = {
    AWS_SECRET_ACCESS_KEY: "1",
    GITHUB_TOKEN: "2",
    SSH_AUTH_SOCK: "/tmp/agent",
    PINNACE_PLUGIN_TOKEN: "3"
  }
  const ordinary = { LANG: "C.UTF-8", LC_ALL: "C", TERM: "dumb", TZ: "UTC", HTTPS_PROXY: "http://p", no_proxy: "x" }
  const sees = async (script: string, env: Record<string, string> = {}): Promise<string> => {
    for (const [name, value] of Object.entries({ ...secrets, ...ordinary })) vi.stubEnv(name, value)
    const executor = make(tools)
    try {
      const workspace = executor.open(join(folder, `seen${++count}`), [])
      const { stderr, stdout } = await Effect.runPromise(workspace.run({ argv: ["sh", "-c", script], env }))
      return stdout + stderr
    } finally {
      executor.close()
      vi.unstubAllEnvs()
    }
  }
  const names = (text: string): ReadonlyArray<string> =>
    text.split("\n").filter((line) => /^\w+=/.test(line)).map((line) => line.split("=")[0]!)
      .filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)).toSorted()

  it("a clean environment, and what is its own", async () => {
    expect(names(await sees("env"))).toEqual(clean.toSorted())
    expect(names(await sees("env", { OWN: "1", GITHUB_TOKEN: "4" }))).toEqual(
      [...clean, "GITHUB_TOKEN", "OWN"].toSorted()
    )
    expect(await sees("echo $GITHUB_TOKEN $LANG", { GITHUB_TOKEN: "4", LANG: "de" })).toBe("4 de\n")
  })

  it("a home of its own, in which it may write", async () => {
    expect(await sees(`[ "$HOME" != "${homedir()}" -o ${kind} = sandbox ] && echo 1 > ~/a && ls ~`)).toMatch(/^a$/m)
  })

  if (kind !== "sandbox") return

  it.each([
    ["no password hashes", "cat /etc/shadow /etc/gshadow | wc -c", /^0$/m],
    ["no keys of the host", "cat /etc/ssh/ssh_host_*_key 2>/dev/null | wc -c", /^0$/m],
    ["no home of the user", `cat ${homedir()}/.profile ${homedir()}/.bashrc 2>/dev/null | wc -c`, /^0$/m],
    ["a minimal /dev", "ls /dev | tr '\\n' ' '", /^fd full null random shm stderr stdin stdout tty urandom zero $/],
    [
      "devices that work",
      "head -c 4 /dev/zero | wc -c; echo 1 > /dev/null; cat /dev/null; echo 2 > /dev/stdout",
      /^4\n2$/m
    ],
    ["nothing in /dev that another node would see", "echo 1 >/dev/made || ls /dev/made", /^$/m],
    ["shared memory of its own", "echo 1 >/dev/shm/made; ls -A /dev/shm", /^made$/m],
    ["no daemons' sockets", "ls -A /run/user /run/dbus 2>/dev/null | grep -v ':$' | grep -c .", /^0$/m]
  ])("%s", async (_, script, expected) => expect(await sees(script)).toMatch(expected))
})

describe.runIf(sandboxWorks(folder))("a sandbox with mounts where it shows stand-ins", () => {
  it.each(["/dev/made", "/dev/shm", "/dev/shm/made", "/run/user/1"])("has what is mounted at %s", async (path) => {
    const executor = sandboxExecutor(tools)
    const volume = join(folder, `volume${++count}`)
    mkdirSync(volume)
    writeFileSync(join(volume, "it"), "1")
    const workspace = executor.open(join(folder, `below${count}`), [{ host: volume, path }])
    const ended = await Effect.runPromise(workspace.run({ argv: ["cat", `${path}/it`], env: {} }))
    expect(ended).toMatchObject({ code: 0, stdout: "1" })
    executor.close()
  })
})

describe.runIf(sandboxWorks(folder))("a sandbox that was asked to show the home", () => {
  it("shows it, unless it is root's", async () => {
    const executor = sandboxExecutor(tools, true)
    const workspace = executor.open(join(folder, `seen${++count}`), [])
    const { stdout } = await Effect.runPromise(
      workspace.run({ argv: ["sh", "-c", "ls -A $HOME | sort"], env: { HOME: homedir() } })
    )
    expect(stdout.split("\n").filter((it) => it !== "").toSorted()).toEqual(readdirSync(homedir()).toSorted())
    executor.close()
  })
})
