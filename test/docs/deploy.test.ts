/**
 * The recipes for deploying, played: the command of the unit is started, ended by SIGTERM and started again, then
 * replaced by a second one beside it. Left out are the supervisors themselves.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { afterAll, expect, it } from "vitest"
import { root } from "../examples/program.ts"
import { removeTree } from "../removeTree.ts"
import { readPage, resolveEntries } from "./Page.ts"

const page = readPage("docs/deploy.md")
const [unit = "", image = ""] = ["ini", "dockerfile"].map((language) =>
  new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "m").exec(page.text)?.[1] ?? ""
)
const app = page.files.find(({ name }) => name === "app.ts")!.body

/** A setting of the unit. */
const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? ""

mkdirSync(`${root}coverage`, { recursive: true })
const folder = mkdtempSync(`${root}coverage/deploy-`)
writeFileSync(join(folder, "app.ts"), resolveEntries(app, 2))
const started: Array<ChildProcess> = []
let said = ""

afterAll(() => {
  for (const child of started) child.kill("SIGKILL")
  removeTree(folder)
})

/** An instance as the unit describes it, in a folder of the test and on a free port. */
class Instance {
  readonly #child: ChildProcess
  readonly #address: Promise<string>

  constructor() {
    const given = setting("Environment").split(" ").map((it) => it.split("="))
    const own = { PORT: "0", STATE: join(folder, "state.db"), DRAIN: "0.001" }
    expect(given.map(([name]) => name)).toEqual(["PORT", "STATE"])
    const launcher = "Deno" in globalThis ? ["run", "-A", "--config", `${root}deno.json`] : []
    const args = setting("ExecStart").split(" ").slice(1)
    this.#child = spawn(process.execPath, [...launcher, ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1", ...own }
    })
    started.push(this.#child)
    this.#address = new Promise((resolve, reject) => {
      let out = ""
      this.#child.stdout!.setEncoding("utf8").on("data", (part) => {
        said += part
        const port = /port: (\d+)/.exec(out += part)?.[1]
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
      })
      this.#child.once("close", () => reject(new Error(`the app ended before it listened: ${out}`)))
    })
  }

  async ask(path: string): Promise<string> {
    const answer = await fetch(`${await this.#address}/${path}`, { headers: { connection: "close" } })
    return (await answer.text()).trim()
  }

  /** What the supervisor does to stop it; the exit code and the signal, once all its output is read. */
  async stop(): Promise<unknown> {
    const ended = once(this.#child, "close")
    // Deno takes a signal of `ChildProcess.kill` for how the child ended.
    process.kill(this.#child.pid!, "SIGTERM")
    return await ended
  }

  /** It listens, so it has the file open. */
  async ready(): Promise<this> {
    await this.#address
    return this
  }
}

/** How often each body ran, in all instances. */
const bodies = (): ReadonlyArray<string> => said.split("\n").filter((line) => /^(?:paid|shipped) /.test(line)).sort()

it("a restart and a rolling replacement lose no run and do nothing twice", async () => {
  const first = await new Instance().ready()
  expect(await first.ask("restarted")).toBe("Running")
  expect(await first.stop()).toEqual([0, null])

  const second = await new Instance().ready()
  expect(await second.ask("restarted/approve")).toBe("Succeeded")
  for (const id of ["left", "commanded"]) expect(await second.ask(id)).toBe("Running")

  const third = await new Instance().ready()
  expect(await third.ask("commanded/approve")).toBe("Succeeded")
  expect(await third.ask("left")).toBe("Running")
  expect(await second.stop()).toEqual([0, null])
  expect(await third.ask("left/approve")).toBe("Succeeded")
  expect(await third.ask("new")).toBe("Running")
  expect(await third.stop()).toEqual([0, null])
  const approved = ["commanded", "left", "restarted"]
  expect(bodies()).toEqual([
    ...[...approved, "new"].sort().map((id) => `paid ${id}`),
    ...approved.map((id) => `shipped ${id}`)
  ])
})

it("supervisors wait longer than the app drains, and their signal reaches it", () => {
  const drain = Number(/"DRAIN"\] \?\? (\d+)\)} seconds/.exec(app)?.[1])
  expect(drain).toBeGreaterThan(0)
  expect(Number(setting("TimeoutStopSec"))).toBeGreaterThan(drain)
  // What Docker grants unless it is told otherwise.
  expect(10).toBeGreaterThan(drain)
  expect([setting("KillSignal"), setting("KillMode")]).toEqual(["", "mixed"])
  expect(image).toMatch(/^STOPSIGNAL SIGTERM$/m)
  expect(image).toMatch(/^CMD \["node", "app\.ts"\]$/m)
})

it("the state lies where the supervisor keeps it, and belongs to the user of the app", () => {
  expect(setting("Environment")).toContain(`STATE=/var/lib/${setting("StateDirectory")}/`)
  const volume = /^VOLUME (.*)$/m.exec(image)?.[1]
  const user = /^USER (.*)$/m.exec(image)?.[1]
  expect(image).toContain(`ENV STATE=${volume}/`)
  expect(image).toContain(`chown ${user} ${volume}`)
})
