/** Servers of other runtimes that a handler is mounted in, as the page about the server shows it. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { expect, it } from "vitest"
import { readPage, resolveEntries } from "../docs/Page.ts"
import { root } from "../examples/program.ts"

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
    rmSync(folder, { recursive: true, force: true })
  }
})
