/**
 * The recipes, as their readers have them: copied into a project that has installed what `npm pack` makes, compiled
 * there, started, asked over HTTP, and ended by SIGTERM.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { parse } from "yaml"
import { problemsOf } from "./actions.ts"
import { root, run, type Scratch } from "./Scratch.ts"

const started: Array<ChildProcess> = []

/** Gives a project what the recipes need, and the recipes. */
const prepare = (scratch: Scratch): void => {
  // What the recipes import besides, and the types of the runtimes they are for.
  for (const name of ["express", "hono", "@types/express", "@types/express-serve-static-core", "@types/serve-static"]) {
    const to = join(scratch.directory, "node_modules", name)
    if (!existsSync(join(root, "node_modules", name)) || existsSync(to)) continue
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(join(root, "node_modules", name), to, "junction")
  }
  cpSync(join(root, "examples/recipes"), join(scratch.directory, "recipes"), { recursive: true })
}

const recipes: ReadonlyArray<readonly [name: string, command: ReadonlyArray<string>]> = [
  ["express", ["node", "app.ts"]],
  ["hono", ["node", "app.ts"]],
  ["commonjs", ["node", "app.cjs"]],
  ["effect", ["node", "app.ts"]],
  ["bun-serve", ["bun", "app.ts"]],
  ["deno-serve", ["deno", "run", "-A", "app.ts"]]
]

/** Starts a recipe; its address, once it listens. */
const start = (folder: string, [command = "", ...args]: ReadonlyArray<string>): Promise<[ChildProcess, string]> => {
  const child = spawn(join(root, "node_modules/.bin", command), args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: "0", STATE: join(folder, "state.db"), NO_COLOR: "1" }
  })
  started.push(child)
  return new Promise((resolve, reject) => {
    let out = ""
    const heard = (part: Buffer) => {
      const port = /port: (\d+)/.exec(out += part)?.[1]
      if (port !== undefined) resolve([child, `http://127.0.0.1:${port}`])
    }
    child.stdout.on("data", heard)
    child.stderr.on("data", heard)
    child.once("close", () => reject(new Error(`it ended before it listened: ${out}`)))
  })
}

/** The tests, in a project that another file made: to pack takes longer than all of them. */
export const recipeTests = (scratch: () => Scratch): void => {
  beforeAll(() => prepare(scratch()))
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL")
  })

  it.each(recipes)("the recipe %s takes an order, gives its result, and ends at SIGTERM", async (name, command) => {
    const [child, address] = await start(join(scratch().directory, "recipes", name), command)
    const headers = { "content-type": "application/json", connection: "close" }
    const send = () => fetch(`${address}/orders`, { method: "POST", headers, body: '{"id":"pen-1","item":"pen"}' })
    expect(await (await send()).json()).toEqual({ id: "pen-1" })
    expect((await send()).status).toBe(202)
    expect(await (await fetch(`${address}/orders/pen-1`, { headers })).json()).toBe("paid for pen")
    const ended = once(child, "close")
    child.kill("SIGTERM")
    expect(await ended).toEqual([0, null])
  })

  it("the recipe for Next.js has route handlers that take an order and give its result", () => {
    const folder = join(scratch().directory, "recipes/nextjs")
    const at = (name: string) => JSON.stringify(pathToFileURL(join(folder, name)).href)
    const file = scratch().write(
      "next.mjs",
      `process.env.NEXT_RUNTIME = "nodejs"
  const { register } = await import(${at("instrumentation.ts")})
  const { POST } = await import(${at("app/orders/route.ts")})
  const { GET } = await import(${at("app/orders/[id]/route.ts")})
  await register()
  const body = JSON.stringify({ id: "pen-1", item: "pen" })
  console.log((await POST(new Request("http://x/orders", { method: "POST", body }))).status)
  console.log(await (await GET(new Request("http://x/orders/pen-1"), { params: Promise.resolve({ id: "pen-1" }) })).json())
  console.log((await GET(new Request("http://x/orders/x"), { params: Promise.resolve({ id: "x" }) })).status)
  await (await globalThis.pinnace).close()
  `
    )
    expect(run(scratch().directory, "node", file)).toEqual({ code: 0, output: "202\npaid for pen\n404\n" })
  })

  it("the recipes compile in a strict project", () => {
    const compilerOptions = {
      module: "nodenext",
      target: "es2024",
      lib: ["es2024", "dom"],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      types: ["node"]
    }
    // Those for Bun and Deno need types that come with these.
    const include = ["express", "hono", "effect", "nextjs"].map((name) => `recipes/${name}/**/*.ts`)
    scratch().write("tsconfig.json", JSON.stringify({ compilerOptions, include }))
    expect(run(scratch().directory, "tsc", "-p", ".")).toEqual({ code: 0, output: "" })
  })

  it("the recipe for GitHub Actions is a workflow of it", () => {
    const text = readFileSync(join(root, "examples/recipes/github-actions/pinnace.yml"), "utf8")
    expect(problemsOf(parse(text))).toEqual([])
  })
}
