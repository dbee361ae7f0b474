/** The command on the other runtimes. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Cli } from "./Cli.ts"

const root = join(import.meta.dirname, "../..")
let cli: Cli
beforeAll(() => {
  cli = new Cli()
  cli.file(
    "hello.yaml",
    "kind: Workflow\nmetadata: {name: hello}\nspec:\n  entrypoint: main\n  templates:\n  - {name: main, script: {command: [sh], source: echo hi}}\n"
  )
  cli.file(
    "flow.ts",
    `import { Schema, task, workflow } from ${JSON.stringify(join(root, "mod.ts"))}
const double = task("double", { input: { n: Schema.Number }, output: Schema.Number, run: ({ n }) => n * 2 })
export const flow = workflow("flow", { input: { n: Schema.Number } }, (w) => w.node("double", double, { input: { n: w.input.n } }))
`
  )
})
afterAll(() => cli?.remove())

describe.each([["bun", []], ["deno", ["run", "-A"]]] as const)("on %s the command", (runtime, before) => {
  const pinnace = (...args: ReadonlyArray<string>) => {
    const command = [...before, join(root, "src/cli/main.ts"), ...args]
    const options = {
      cwd: cli.folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, PINNACE_DB: `${runtime}.db` }
    } as const
    const { status, stderr, stdout } = spawnSync(join(root, "node_modules/.bin", runtime), command, options)
    return { code: status, out: stdout, err: stderr }
  }

  it("runs modules and manifests, and looks at runs", () => {
    expect(pinnace("run", "flow.ts", "-p", "n=4", "--id", "flow-1")).toMatchObject({
      code: 0,
      out: expect.stringContaining("  output = 8\n✔ flow-1 Succeeded"),
      err: ""
    })
    expect(pinnace("run", "hello.yaml", "--id", "hello-1")).toMatchObject({ code: 0, err: "" })
    expect(pinnace("list", "-o", "name")).toEqual({ code: 0, out: "hello-1\nflow-1\n", err: "" })
    expect(pinnace("submit", "flow.ts", "-p", "n=5", "--id", "flow-2", "--wait")).toMatchObject({ code: 0, err: "" })
    expect(pinnace("logs", "hello").out).toBe("hello: hi\n")
    expect(pinnace("get", "nothing").code).toBe(64)
    expect(pinnace("version").out).toContain(runtime === "bun" ? "(Bun " : "(Deno ")
  })
})
