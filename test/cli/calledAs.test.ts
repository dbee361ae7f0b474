/** Hints name the command as its user has to type it. */
import { expect, it } from "vitest"
import { type Calling, isScriptOfNpm, wordsFor } from "../../src/cli/running/calledAs.ts"

const bin = "/home/me/app/node_modules/.bin/pinnace"
const base: Calling = { script: "", execPath: "/usr/bin/node", cwd: "/home/me/app", env: {}, isStandalone: false }
const npm = (event: string, script: string) => ({ npm_lifecycle_event: event, npm_lifecycle_script: script })
const binary = { ...base, isStandalone: true, env: { PATH: "/usr/bin:/opt/bin" } }

const table: ReadonlyArray<readonly [why: string, calling: Calling, words: string]> = [
  ["installed for all", { ...base, script: "/usr/bin/pinnace" }, "pinnace"],
  ["from a checkout", { ...base, script: "/home/me/pinnace/src/cli/main.ts" }, "pinnace"],
  ["npx", { ...base, script: bin, env: npm("npx", "pinnace list") }, "npx pinnace"],
  ["npx with quotes", { ...base, script: bin, env: npm("npx", '"pinnace" "list"') }, "npx pinnace"],
  ["npx with the quotes of npm 11", { ...base, script: "/x/main.ts", env: npm("npx", "'pinnace'") }, "npx pinnace"],
  ["node_modules/.bin", { ...base, script: bin }, "npx pinnace"],
  ["node_modules/.bin from a folder below", { ...base, script: bin, cwd: "/home/me/app/flows" }, "npx pinnace"],
  ["pnpm's shim", { ...base, script: "/home/me/app/node_modules/pinnace/dist/bin/pinnace.js" }, "npx pinnace"],
  ["another project's", { ...base, script: bin, cwd: "/home/me/other" }, "pinnace"],
  ["a script of package.json", { ...base, script: bin, env: npm("flows", "pinnace") }, "npm run flows --"],
  ["one with a verb of its own", { ...base, script: bin, env: npm("go", "pinnace run flow.ts") }, "npx pinnace"],
  ["npm run pinnace of the checkout", {
    ...base,
    script: "/home/me/app/src/cli/main.ts",
    env: npm("pinnace", "node src/cli/main.ts")
  }, "npm run pinnace --"],
  ["an executable on the PATH", { ...binary, execPath: "/opt/bin/greeter" }, "greeter"],
  ["an executable here", { ...binary, execPath: "/home/me/app/greeter" }, "./greeter"],
  ["an executable below", { ...binary, execPath: "/home/me/app/dist/greeter" }, "dist/greeter"],
  ["an executable elsewhere", { ...binary, execPath: "/srv/greeter" }, "/srv/greeter"]
]

it.each(table)("%s", (_, calling, words) => expect(wordsFor(calling)).toBe(words))

it.each([
  ["'pinnace'", true],
  ['"pinnace" "worker"', true],
  ["pinnace worker app.ts --pool gpu=2", true],
  ["node src/cli/main.ts", true],
  ["./node_modules/.bin/pinnace ui && echo over", true],
  ["pinnace worker app.ts &", false],
  ["node server.ts", false],
  ["node pinnace-server.ts", false]
])("a command that npm has started as %s ends with npm: %s", (written, isOurs) => {
  expect(isScriptOfNpm(npm("x", written))).toBe(isOurs)
  expect(isScriptOfNpm({})).toBe(false)
})
