/** Servers of other runtimes that a handler is mounted in, as the page about the server shows it. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { expect, it, onTestFinished, vi } from "vitest"
import { readPage, resolveEntries } from "../docs/Page.ts"
import { root } from "../examples/program.ts"
import { removeTree } from "../removeTree.ts"

/** What Next calls for a method. */
type NextRoute = (request: Request, context: object) => Promise<Response>

const token = "a-token-of-the-tests"
const programs = [...readPage("docs/server.md").text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code)

/** Asks the server of the program, says what it answered, and ends. */
const probe = (server: string) => `
const asked = await fetch("http://127.0.0.1:" + ${server} + "/pinnace/v1/session", { headers: { authorization: "Bearer ${token}" } })
console.log(JSON.stringify(await asked.json()))
process.exit(0)
`

const written = (code: string): string =>
  code.replace(/^(Bun|Deno)\.serve/m, "const server = $1.serve") +
  probe(code.includes("Bun.") ? "server.port" : "server.addr.port")

it("in a route of Next it answers each method, with streams", async () => {
  mkdirSync(`${root}coverage`, { recursive: true })
  const folder = mkdtempSync(`${root}coverage/mounting-`)
  onTestFinished(() => removeTree(folder))
  vi.stubEnv("TOKEN", token)
  vi.stubEnv("FLOWS_DB", ":memory:")
  onTestFinished(() => void vi.unstubAllEnvs())
  const code = programs.find((it) => it.includes("force-dynamic"))!
  writeFileSync(join(folder, "route.ts"), `// @ts-nocheck\n${resolveEntries(code, 2)}`)
  const route = await import(pathToFileURL(join(folder, "route.ts")).href) as Record<string, NextRoute>
  const ask = (method: string, path: string, body?: string) =>
    // Next calls it with the request, and with the parts of the path.
    route[method]!(
      new Request(`http://localhost:3000/flows/pinnace/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, host: "flows.example.com" },
        ...(body === undefined ? {} : { body })
      }),
      { params: Promise.resolve({ path: ["pinnace", "v1"] }) }
    )
  expect(await (await ask("GET", "/session")).json()).toMatchObject({ who: "token" })
  expect((await ask("HEAD", "/session")).body).toBeNull()
  expect((await ask("PUT", "/artifacts/none/pin", "{}")).status).toBe(404)
  expect((await ask("DELETE", "/runs/none")).status).toBe(404)
  expect((await ask("POST", "/gc", '{"dryRun":true}')).status).toBe(200)
  const reader = (await ask("GET", "/stream?list=1")).body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('"t":"hello"')
  await reader.cancel()
})

it.each([["bun", ["run"]], ["deno", ["run", "-A"]]] as const)("on %s it answers", async (runtime, args) => {
  mkdirSync(`${root}coverage`, { recursive: true })
  const folder = mkdtempSync(`${root}coverage/mounting-`)
  try {
    const code = programs.find((it) => it.includes(runtime === "bun" ? "Bun.serve" : "Deno.serve"))!
    writeFileSync(join(folder, "server.ts"), `import process from "node:process"\n${resolveEntries(written(code), 2)}`)
    const child = spawn(join(root, "node_modules/.bin", runtime), [...args, join(folder, "server.ts")], {
      env: { ...process.env, TOKEN: token },
      stdio: ["ignore", "pipe", "inherit"]
    })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text) => out += text)
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0)
    expect(out).toContain('"who":"token"')
  } finally {
    removeTree(folder)
  }
})
