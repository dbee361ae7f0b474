/** The loop in which workflows are developed, at a terminal: L1–L5. Skipped where there is no script(1) of Linux. */
import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { open } from "../../mod.ts"
import { Cli, type Started } from "./Cli.ts"

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))
const library = JSON.stringify(fileURLToPath(new URL("../../mod.ts", import.meta.url)))

const helper = "export const scale = (n: number): number => n * 2\n"

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }\n',
  "helper.ts": helper,
  "other.ts": "export const other = 1\n",
  "clean.ts": `import { Schema, task } from ${library}
import { scale } from "./helper.ts"
export const clean = task("clean", { input: Schema.Number, output: Schema.Number, run: (n) => scale(n) })
`,
  "load.ts": `import { existsSync } from "node:fs"
import { Schema, task } from ${library}
import { other } from "./other.ts"
const gone = (signal: AbortSignal) => new Promise<void>((resolve, reject) => {
  signal.addEventListener("abort", () => reject(signal.reason))
  // A watcher of Deno may begin after the file is gone.
  const look = () => existsSync("wait") ? void setTimeout(look, 20) : resolve()
  look()
})
export const load = task("load", { output: Schema.Number, run: async (_, { signal }) => (await gone(signal), other) })
`,
  "flow.ts": `import { workflow } from ${library}
import { clean } from "./clean.ts"
import { load } from "./load.ts"
export const flow = workflow("flow", {}, (w) => w.node("clean", clean, { input: w.node("load", load) }))
`
}

const canPlay = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

/** A project and the command in it. */
class Project {
  readonly cli = new Cli()

  constructor() {
    for (const [name, text] of Object.entries(files)) this.save(name, text)
  }

  /** At once, as editors do: nobody sees half of it. */
  save(name: string, text: string): void {
    const draft = `${this.cli.folder}.draft`
    writeFileSync(draft, text)
    renameSync(draft, join(this.cli.folder, name))
  }

  /** The command at a terminal of its own. */
  atTerminal(...args: ReadonlyArray<string>): Loop {
    const runtime = "deno" in process.versions ? [process.execPath, "run", "-A"] : [process.execPath]
    const line = [...runtime, main, "dev", "flow.ts", ...args].map((it) => `'${it}'`).join(" ")
    return new Loop(this.cli.command("script", ["-qfec", line, "/dev/null"]))
  }

  /** The processes that work in its folder. */
  processes(): ReadonlyArray<number> {
    const folder = this.cli.folder
    return readdirSync("/proc").filter((it) => /^\d+$/.test(it)).map(Number).filter((pid) => {
      try {
        return pid !== process.pid && readlinkSync(`/proc/${pid}/cwd`) === folder &&
          !/^\d+ \([^)]*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
      } catch {
        return false
      }
    })
  }

  /** Waits until none is left, however long that takes. */
  async empty(): Promise<void> {
    while (this.processes().length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A loop at work; each text is waited for after what was waited for before. */
class Loop {
  readonly started: Started
  #at = 0

  constructor(started: Started) {
    this.started = started
  }

  async shows(text: string): Promise<string> {
    await this.started.seen(text, this.#at)
    const from = this.#at
    this.#at = this.started.all.indexOf(text, from) + text.length
    return this.started.all.slice(from, this.#at)
  }

  press(key: string): void {
    this.started.child.stdin!.write(key)
  }
}

const ended = "Succeeded  ("

/** One where nobody listens now. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

describe.skipIf(!canPlay)("L5 A loop at a terminal, on this runtime", () => {
  let project: Project
  let loop: Loop
  beforeAll(async () => {
    project = new Project()
    loop = project.atTerminal("--no-color", "-o", "plain")
    await loop.shows("runs 1: load · may run 1: clean")
    await loop.shows(ended)
  })
  afterAll(() => project.cli.remove())

  test("L3 An edit of a file makes those tasks candidates whose graph holds it, and no others", async () => {
    project.save("helper.ts", helper.replace("2", "3"))
    await loop.shows("saved helper.ts")
    await loop.shows("runs 1: clean (helper.ts) · reused 1")
    await loop.shows("output = 3")
    await loop.shows(ended)
    // What is read from `load` is the same as before, so what reads it is reused.
    project.save("other.ts", "export const other = 0 + 1\n")
    await loop.shows("runs 1: load (other.ts) · may run 1: clean")
    expect(await loop.shows(ended)).toContain("reused from")
  })

  test("A mistake is shown with its place, and the last good generation stays", async () => {
    project.save("clean.ts", `${files["clean.ts"]}export const x = ;\n`)
    expect(await loop.shows("stays")).toMatch(/clean\.ts/)
    loop.press("o")
    await loop.shows("Serving at ")
    const [link, base, token] = /(http:\S+?)\/#token=(\S+)\r?\n/.exec(await loop.shows("\n"))!
    expect(link).toBeDefined()
    /** What every page shows over what it has. */
    const board = async () => {
      const answer = await fetch(`${base}/pinnace/v1/session`, { headers: { authorization: `Bearer ${token}` } })
      return (await answer.json() as { readonly board: unknown }).board
    }
    expect(await board()).toMatchObject({
      title: expect.stringMatching(/^The last save cannot be run: #\d+ stays$/),
      lines: expect.arrayContaining([expect.stringMatching(/clean\.ts/)])
    })
    loop.press("r")
    await loop.shows("reused 2")
    await loop.shows(ended)
    project.save("flow.ts", files["flow.ts"]!.replace('"clean", clean', '"load", clean'))
    project.save("clean.ts", files["clean.ts"]!)
    await loop.shows("duplicate-node")
    await loop.shows("stays")
    expect(JSON.stringify(await board())).toContain("duplicate-node")
    project.save("flow.ts", files["flow.ts"]!)
    await loop.shows("reused 2")
    await loop.shows(ended)
    expect(await board()).toBeNull()
  })

  test("A process of a generation that dies ends its run and not the loop", async () => {
    project.save("other.ts", "export const other = process.exit(3)\n")
    await loop.shows("Its process has ended")
    project.save("other.ts", "export const other = 1\n")
    await loop.shows(ended)
    project.save("load.ts", files["load.ts"]!.replace("await gone(signal)", 'process.kill(process.pid, "SIGKILL")'))
    await loop.shows("The process of the run has ended")
    await loop.shows("Failed: its process has ended")
    project.save("load.ts", files["load.ts"]!)
    await loop.shows(ended)
  })

  test("L6 A module that never ends its load is given up for the next save", async () => {
    project.save("other.ts", "export const other = 1\nfor (;;);\n")
    await loop.shows("saved other.ts")
    await loop.shows("still loading")
    project.save("other.ts", "export const other = 1\n")
    await loop.shows("saved other.ts")
    await loop.shows(ended)
  })

  test.each([
    ["waits until it listens", `await new Promise<void>((resolve) => LISTEN(resolve))`],
    ["does not wait for that", `LISTEN()`]
  ])("A module that listens on a port and %s is loaded once the one before it has ended", async (_, begin) => {
    const listening = (n: number, port: number) => {
      const listen = `createServer().listen(${port}, "127.0.0.1", `
      return `import { createServer } from "node:http"\n${
        begin.replace("LISTEN(", listen)
      }\nexport const other = ${n}\n`
    }
    const port = await freePort()
    for (const n of [11, 12]) {
      project.save("other.ts", listening(n, port))
      if (n === 12) await loop.shows("its port is taken: what was loaded before ends first")
      await loop.shows(`output = ${n * 3}`)
      await loop.shows(ended)
    }
    project.save("other.ts", "export const other = 1\n")
    await loop.shows(ended)
  })

  test("A file that cannot be read is told, and the loop goes on", async () => {
    const other = join(project.cli.folder, "other.ts")
    rmSync(other)
    mkdirSync(other)
    await loop.shows("stays")
    rmSync(other, { recursive: true })
    project.save("other.ts", "export const other = 1\n")
    await loop.shows(ended)
  })

  test("A folder that is removed and put back is one generation, and is watched again", async () => {
    const [many, draft] = [join(project.cli.folder, "many"), `${project.cli.folder}.many`]
    const names = Array.from({ length: 40 }, (_, n) => `f${n}.ts`)
    /** As by a checkout of another branch and back. */
    const putBack = (text: string) => {
      mkdirSync(draft)
      for (const name of names) writeFileSync(join(draft, name), text)
      renameSync(draft, many)
    }
    putBack("export {}\n")
    project.save(
      "other.ts",
      `${names.map((name) => `import "./many/${name}"\n`).join("")}export const other = 1\n`
    )
    await loop.shows(ended)
    rmSync(many, { recursive: true })
    await loop.shows("stays")
    putBack("export const back = 1\n")
    await loop.shows("and 32 more files")
    await loop.shows(ended)
    project.save("many/f7.ts", "export const seen = 1\n")
    await loop.shows("saved many/f7.ts")
    await loop.shows(ended)
    project.save("other.ts", "export const other = 1\n")
    await loop.shows(ended)
    rmSync(many, { recursive: true })
  })

  test("A save that changes nothing runs nothing", async () => {
    project.save("helper.ts", helper.replace("2", "3"))
    await loop.shows("saved, nothing changed")
  })

  test("L1 What is saved while a run works waits for its end, or ends it by r: no two runs are at work", async () => {
    project.save("wait", "")
    project.save("other.ts", "export const other = 5\n")
    await loop.shows("load Running")
    project.save("helper.ts", helper)
    await loop.shows("begins once the run has ended")
    loop.press("w")
    await loop.shows("load: it is running")
    loop.press("r")
    await loop.shows("runs 1: load")
    await loop.shows("load Running")
    spawnSync("rm", [join(project.cli.folder, "wait")])
    await loop.shows("output = 10")
    await loop.shows(ended)
    loop.press("f")
    await loop.shows("runs 1: load · may run 1: clean")
    await loop.shows(ended)
  })

  test("i runs with another input, also after the next save; d compares the last two runs", async () => {
    const takes = files["flow.ts"]!.replace("import { workflow }", "import { Schema, workflow }")
      .replace('"flow", {}', '"flow", { input: Schema.Number }').replace('w.node("load", load)', "w.input")
    project.save("flow.ts", takes)
    await loop.shows("stays")
    loop.press("i")
    await loop.shows("The input from now on")
    loop.press("seven\n")
    await loop.shows("--input: ")
    loop.press("i")
    await loop.shows("The input from now on")
    loop.press("7\n")
    await loop.shows("output = 14")
    await loop.shows(ended)
    project.save("helper.ts", helper.replace("2", "4"))
    await loop.shows("output = 28")
    await loop.shows(ended)
    loop.press("d")
    await loop.shows("key: code (helper.ts) differs")
  })

  test("L2, L4 After q no process is left, and nothing is written outside .pinnace", async () => {
    loop.press("q")
    expect((await loop.started.done).code).toBe(0)
    await project.empty()
    expect(readdirSync(project.cli.folder).sort()).toEqual([".pinnace", ...Object.keys(files)].sort())
    const pinnace = await open(join(project.cli.folder, ".pinnace/dev.db"))
    const runs = [...await pinnace.list()].reverse()
    for (const [at, { startedAt }] of runs.entries()) {
      if (at > 0) expect(startedAt).toBeGreaterThanOrEqual(runs[at - 1]!.finishedAt!)
    }
    expect(runs.filter(({ phase }) => phase !== "Succeeded").length).toBe(2)
    await pinnace.close()
  })
})

test.skipIf(!canPlay)(
  "L2 A loop that is killed leaves no process, and the next one ends what it has left",
  async () => {
    const project = new Project()
    try {
      project.save("wait", "")
      const first = project.cli.start(["dev", "flow.ts"])
      await first.seen("load Running")
      first.child.kill("SIGKILL")
      await project.empty()
      const next = project.cli.start(["dev", "flow.ts", "--once"])
      await next.seen("load Running")
      spawnSync("rm", [join(project.cli.folder, "wait")])
      expect((await next.done).code).toBe(0)
      await project.empty()
      expect(existsSync(join(project.cli.folder, ".pinnace/dev.db-wal"))).toBe(false)
      project.save("flow.ts", "export const flow = 1\n")
      const { code, err, out } = await project.cli.start(["dev", "flow.ts", "--once"]).done
      expect([code, out]).toEqual([2, expect.stringContaining("exports no workflow")])
      expect(out + err).not.toMatch(/\n\s+at /)
    } finally {
      project.cli.remove()
    }
  }
)

test.skipIf(!canPlay)("Two loops on one state file compute each result once, and each ends by itself", async () => {
  const project = new Project()
  try {
    const loops = [0, 1].map(() => new Loop(project.cli.start(["dev", "flow.ts", "--no-color"])))
    await Promise.all(loops.map((loop) => loop.shows(ended)))
    project.save("helper.ts", helper.replace("2", "3"))
    await Promise.all(loops.map((loop) => loop.shows("output = 3")))
    await Promise.all(loops.map((loop) => loop.shows(ended)))
    const [first, second] = loops
    first!.started.child.kill("SIGKILL")
    await first!.started.done
    // Whoever is left goes on.
    project.save("helper.ts", helper.replace("2", "5"))
    await second!.shows("output = 5")
    await second!.shows(ended)
    // It is computed by one of them for each state of the helper.
    const all = loops.map(({ started }) => started.all).join("\n")
    expect(all.match(/clean Running/g)).toHaveLength(3)
    second!.started.child.kill("SIGTERM")
    await second!.started.done
    await project.empty()
  } finally {
    project.cli.remove()
  }
})

test.skipIf(!canPlay)("A manifest is planned, and what no edit touches is reused", async () => {
  const project = new Project()
  const manifest = (text: string) =>
    `{"kind": "Workflow", "metadata": {"name": "wf"}, "spec": {"entrypoint": "main", "templates": [
      {"name": "main", "dag": {"tasks": [{"name": "one", "template": "one"}, {"name": "two", "template": "two"},
        {"name": "three", "template": "two", "depends": "one"}]}},
      {"name": "one", "script": {"image": "alpine", "command": ["sh"], "source": "${text}"}},
      {"name": "two", "container": {"image": "alpine", "command": ["echo", "two"]}}]}}`
  try {
    const once = async (text: string) => {
      project.save("flow.json", manifest(text))
      const { code, err, out } = await project.cli.start(["dev", "flow.json", "--once"]).done
      expect([code, err]).toEqual([0, ""])
      return out
    }
    expect(await once("echo 1")).toContain("#1 runs 2: one, two · may run 1: three\n")
    expect(await once("echo 2")).toContain("#1 runs 1: one · may run 1: three · reused 1\n")
    expect(await once("echo 2")).toContain("#1 reused 3\n")
  } finally {
    project.cli.remove()
  }
})

test.skipIf(!canPlay)("L2 Ctrl-C ends a loop whose module never ends its load, and leaves no process", async () => {
  const project = new Project()
  try {
    project.save("other.ts", "export const other = 1\nfor (;;);\n")
    const loop = project.atTerminal("--no-color", "-o", "plain")
    await loop.shows("still loading")
    loop.press("\u0003")
    expect((await loop.started.done).code).toBe(130)
    await project.empty()
  } finally {
    project.cli.remove()
  }
})

test.skipIf(!canPlay)(
  "L2 Ctrl-C ends a loop while a line is typed, too, whatever works, and leaves no process",
  async () => {
    const project = new Project()
    try {
      project.save("wait", "")
      const loop = project.atTerminal("--no-color", "-o", "plain")
      await loop.shows("load Running")
      loop.press("i")
      await loop.shows("The input from now on")
      loop.press("7\u0003")
      expect((await loop.started.done).code).toBe(130)
      await project.empty()
    } finally {
      project.cli.remove()
    }
  }
)
