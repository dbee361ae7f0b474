/** What people read: all that failed, where and why, in their words; the command is called in process. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, describe, expect, it, vi } from "vitest"
import { task, workflow } from "../../mod.ts"
import type { SomeWorkflow } from "../../src/embed/inspect.ts"
import { commandLine } from "../../src/cli/commandLine.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(tmpdir(), "pinnace-output-"))
afterAll(() => removeTree(folder))

const refused = new Error("connect ECONNREFUSED 127.0.0.1:9")
const fetches = task("fetches", {
  run: (_, { log }) => {
    log("asking")
    return Promise.reject(new TypeError("fetch failed", { cause: refused }))
  }
})
const says = task("says", { run: (_, { log }) => log("hello") })
const broken = workflow("broken", {}, (w) => {
  w.node("left", fetches)
  w.node("right", fetches)
  w.node("fine", says)
})

const manifest = join(folder, "dag.yaml")
writeFileSync(
  manifest,
  `kind: Workflow
metadata: {name: dag}
spec:
  entrypoint: all
  onExit: bye
  arguments: {parameters: [{name: message, value: hi}]}
  templates:
  - name: all
    dag:
      failFast: false
      tasks:
      - {name: a, template: fail}
      - {name: b, template: fail}
      - {name: c, template: ok, depends: a.Succeeded}
  - {name: fail, container: {image: busybox, command: [sh, -c], args: ["echo {{workflow.parameters.message}}; exit 3"]}}
  - {name: ok, container: {image: busybox, command: ["true"]}}
  - {name: bye, container: {image: busybox, command: [echo, bye]}}
`
)

const call = async (args: ReadonlyArray<string>, workflows: ReadonlyArray<SomeWorkflow> = []) => {
  let [out, err] = ["", ""]
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
      out += String(text)
      rest.forEach((it) => typeof it === "function" && it())
      return true
    }),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => (err += String(text)) !== "")
  ]
  try {
    const db = join(folder, workflows.length === 0 ? "manifest.db" : "module.db")
    const code = await commandLine([...args, "--db", db, "--no-color"], { program: "npx pinnace", workflows })
    return { code, out, err }
  } finally {
    spies.forEach((it) => it.mockRestore())
  }
}

const internal = /ManifestFailed|handler of main|node "main"|main\/entry|\bundefined\b|\[object/

const outputs = async (id: string, workflows: ReadonlyArray<SomeWorkflow>): Promise<string> => {
  const verbs = [
    ["list"],
    ["get", id],
    ["get", id, "-o", "wide"],
    ["why", id],
    ["logs", id],
    ["wait", id],
    ["watch", id],
    ["timeline", id],
    ["retry", id, "--dry-run"],
    ["graph", id]
  ]
  const found: Array<string> = []
  for (const verb of verbs) {
    const { err, out } = await call(verb, workflows)
    found.push(`$ ${verb.join(" ")}\n${out}${err}`)
  }
  return found.join("\n")
}

describe("a TypeScript run that failed", () => {
  it("tells every failed leaf with its place, its cause and its last lines", async () => {
    const { out } = await call(["run", "broken", "--id", "broken-1"], [broken])
    for (const node of ["left", "right"]) {
      expect(out).toMatch(
        new RegExp(
          `Error: ${node}: fetch failed: connect ECONNREFUSED 127.0.0.1:9\\n  at test/cli/output.test.ts:\\d+:\\d+\\n  \\| asking`
        )
      )
    }
    expect(out).toContain(`npx pinnace retry broken-1 --db ${folder}`)
  })

  it("tells everything with -o wide and in logs, and no word of the engine's own", async () => {
    const all = await outputs("broken-1", [broken])
    expect(all.match(/\[cause\]: Error: connect ECONNREFUSED 127.0.0.1:9/g)).toHaveLength(4)
    expect(all).not.toMatch(internal)
    expect(all).toMatch(/NAME +WORKFLOW +STATUS/)
  })
})

describe("a manifest that failed", () => {
  it("tells every failed leaf, never shows an omitted node as running, and says once that images are not used", async () => {
    const { err, out } = await call(["run", manifest, "--id", "dag-1", "--executor", "process"])
    expect(out.match(/: main: Error \(exit code 3\)\n {2}\| hi/g)).toHaveLength(2)
    expect(out).not.toContain("dag.c Running")
    expect(err).toContain("Images are not used here")
    const again = await call(["run", manifest, "-p", "message=ho", "--executor", "process"])
    expect(again.err).not.toContain("Images")
    expect(await outputs("dag-1", [])).not.toMatch(internal)
  })

  it("is not begun with a parameter that it does not declare", async () => {
    const { code, err } = await call(["run", manifest, "-p", "mesage=ho"])
    expect([code, err]).toEqual([64, expect.stringContaining('Did you mean "message"?')])
  })
})
