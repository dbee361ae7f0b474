/**
 * The evening of the tutorial, played: its files are written, its commands run in order, in a folder of their own. Left
 * out is what needs a registry or a supervisor.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { Writable } from "node:stream"
import { afterAll, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { root } from "../examples/program.ts"
import { removeTree } from "../removeTree.ts"
import { readPage, resolveEntries } from "./Page.ts"

const page = readPage("docs/tutorial.md")
mkdirSync(`${root}coverage`, { recursive: true })
const folder = mkdtempSync(`${root}coverage/tutorial-`)
const db = join(folder, "state.db")
const isNode = !("Bun" in globalThis || "Deno" in globalThis)
let app: ChildProcess | undefined
let address = ""

afterAll(() => {
  app?.kill("SIGKILL")
  removeTree(folder)
})

/** Starts the app; resolves when it listens. */
const start = async (): Promise<void> => {
  const launcher = "Deno" in globalThis ? ["run", "-A", "--config", `${root}deno.json`] : []
  app = spawn(process.execPath, [...launcher, "app.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PORT: "0", STATE: db }
  })
  address = await new Promise((resolve, reject) => {
    let out = ""
    app!.stdout!.setEncoding("utf8").on("data", (part) => {
      const port = /port: (\d+)/.exec(out += part)?.[1]
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    })
    app!.once("close", () => reject(new Error(`the app ended before it listened: ${out}`)))
  })
}

const stop = async (signal: NodeJS.Signals): Promise<void> => {
  const ended = once(app!, "exit")
  app!.kill(signal)
  await ended
}

class Text extends Writable {
  all = ""

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.all += chunk.toString()
    done()
  }
}

/** Runs the command on the state file of the tutorial; file names are those of its folder. */
const pinnace = async (words: ReadonlyArray<string>): Promise<string> => {
  const args = words.map((it) => /^\w+\.(?:db|ts)$/.test(it) ? join(folder, it) : it)
  const streams = { out: new Text(), err: new Text() }
  const named = args.includes("--db") ? [] : ["--db", db]
  const code = await commandLine([...args, ...named, "--no-color"], { program: "pinnace", workflows: [], streams })
  expect({ code, err: streams.err.all }, words.join(" ")).toEqual({ code: 0, err: "" })
  return streams.out.all
}

const curl = async (line: string): Promise<string> => {
  const body = /-d '(.*?)'/.exec(line)?.[1]
  const url = line.split(" ").at(-1)!.replace("http://127.0.0.1:3000", address)
  const answer = await fetch(url, body === undefined ? {} : { method: "POST", body })
  return `${answer.status} ${await answer.text()}`
}

const runTests = async (): Promise<string> => {
  const child = spawn(process.execPath, ["--test", "orders.test.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"]
  })
  let out = ""
  child.stdout.setEncoding("utf8").on("data", (part) => out += part)
  const [code] = await once(child, "close")
  expect(code, out).toBe(0)
  return out
}

/** What a line of the page does; nothing for one that needs more than this folder. */
const play = async (line: string): Promise<string> => {
  if (line.startsWith("npx pinnace ")) return await pinnace(line.split(" ").slice(2))
  if (line.startsWith("curl ")) return await curl(line)
  if (line.startsWith("kill -9")) return await stop("SIGKILL").then(() => "")
  if (line === "node app.ts") return await start().then(() => "")
  if (line.startsWith("node --test")) return isNode ? await runTests() : ""
  expect(line).toMatch(/^(?:mkdir |npm |npx tsc$|export )/)
  return ""
}

it("does what it says, from the first order to a restored backup", async () => {
  expect(page.files.map(({ name }) => name)).toEqual(["tsconfig.json", "orders.ts", "orders.test.ts", "app.ts"])
  for (const { body, name } of page.files) {
    if (name.endsWith(".ts")) writeFileSync(join(folder, name), resolveEntries(body, 2))
  }
  const told = new Map<string, string>()
  for (const line of page.commands) {
    if (line === "npx pinnace get desk-1" || line === "npx pinnace why desk-1") await approvalWaits()
    told.set(line, `${told.get(line) ?? ""}${await play(line)}`)
  }
  const says = (line: string, what: RegExp | string) => expect(told.get(line), line).toMatch(what)
  says("npx pinnace why desk-1", /approval/)
  says("npx pinnace why desk-1", /no process executes it/)
  says("npx pinnace get desk-1", "desk: charged 300")
  says("npx pinnace logs pen-1", "reserved pen")
  says("npx pinnace trace desk-1", /attempt 1 .*Busy/)
  says("npx pinnace schedule fires nightly", /triggered|started/i)
  says("npx pinnace list --db again.db", "desk-1")
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('pinnace_run_finished_total{workflow="order"')
  await stop("SIGTERM")
})

/** The run is where the page says that the reader looks at it: at the question, or beyond it. */
const approvalWaits = async (): Promise<void> => {
  await using visitor = await open(db)
  const run = (await visitor.get("desk-1"))!
  if ((await run.status()).phase === "Running") await run.waitFor("approval", "waiting")
}
