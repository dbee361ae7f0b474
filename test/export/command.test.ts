/** `argo export` and `exec-node` as commands, and the two together as processes. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { Here } from "../cli/Here.ts"
import { flowText } from "./flow.fixture.ts"

const library = fileURLToPath(new URL("../../mod.ts", import.meta.url))
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))

/** A directory with the module. */
const at = (): { readonly here: Here; readonly flow: string } => {
  const here = new Here()
  return { here, flow: here.file("flow.ts", flowText(library)) }
}

it("exec-node runs a body, and tells by its exit code whether its policy tries it again", async () => {
  const { flow, here } = at()
  using _ = here
  const out = join(here.folder, "out")
  const attempt = (day: number, retries: number) =>
    here.run(
      "exec-node",
      flow,
      "--workflow=report",
      "--node=fetch",
      "-p",
      `input={"day":${day}}`,
      `--retries=${retries}`,
      `--out=${out}`
    )
  const end = (): unknown => JSON.parse(readFileSync(join(out, "end"), "utf8"))

  expect(await attempt(3, 0)).toMatchObject({ code: 75, out: "day 3 attempt 1\n" })
  expect(end()).toMatchObject({ phase: "Failed", reason: "TaskFailed", error: { tag: "Busy", data: { day: 3 } } })
  expect((await attempt(4, 0)).code).toBe(1)
  expect((await attempt(3, 1)).code).toBe(0)
  expect(end()).toEqual({ phase: "Succeeded", output: [3, 4] })
  expect((await here.run("exec-node", flow, "--workflow=report", "--node=fetch", "-p", "input=7", `--out=${out}`)).code)
    .toBe(70)
  expect((await here.run("exec-node", flow, "--workflow=report", "--node=fetch", "--version-of=other")).code).toBe(64)
})

it("exec-node keeps artifacts in a store that others reach, and opens what others kept there", async () => {
  const { flow, here } = at()
  using _ = here
  const out = join(here.folder, "out")
  const node = (name: string, ...args: ReadonlyArray<string>) =>
    here.run("exec-node", flow, "--workflow=noted", `--node=${name}`, `--out=${out}`, ...args)
  const end = (): string => readFileSync(join(out, "end"), "utf8")
  const store = `--store=${join(here.folder, "store")}`
  expect((await node("write", store)).code).toBe(0)
  const written = ["-p", "s0=Succeeded", "-p", `e0=${end()}`]
  expect((await node("read", store, ...written)).code).toBe(0)
  expect(JSON.parse(end())).toEqual({ phase: "Succeeded", output: "a note" })
  expect(await node("read", ...written)).toMatchObject({ code: 70, err: expect.stringContaining("unknown here") })
  expect((await node("write", "--store=gs://bucket")).err).toContain("write s3://BUCKET/PREFIX")
  expect((await here.run("argo", "export", `${flow}#noted`, "--image", "a", "--store", "s3:///x")).code).toBe(64)
})

it("what is exported runs as processes", { timeout: 600_000 }, async () => {
  const { flow, here } = at()
  using _ = here
  const words = [process.execPath, ...process.versions["deno"] === undefined ? [] : ["run", "-A"], main]
  const shim = here.file("pinnace", `#!/bin/sh\nexec ${words.map((it) => `'${it}'`).join(" ")} "$@"\n`)
  chmodSync(shim, 0o755)
  const manifest = join(here.folder, "report.yaml")
  writeFileSync(manifest, await here.ok("argo", "export", `${flow}#report`, "--image", "registry/app:1"))
  const path = `${here.folder}:${process.env["PATH"]}`
  await here.ok("lint", manifest)
  await here.ok(
    "run",
    manifest,
    "-p",
    'input={"day":3}',
    "--env",
    `PATH=${path}`,
    "--executor",
    "process",
    "-o",
    "json"
  )
  const shown = JSON.parse(await here.ok("get", "@latest", "-o", "json")) as { readonly status: object }
  const ends = JSON.stringify(shown)
  expect(ends).toContain(JSON.stringify(JSON.stringify({ phase: "Succeeded", output: 7 })))
})

it("asks for an image, and sends manifests to Argo as they are", async () => {
  const { flow, here } = at()
  using _ = here
  expect((await here.run("argo", "export", flow)).err).toContain("--image")
  expect((await here.run("argo", "export", "flow.yaml", "--image", "a")).err).toContain("argo submit flow.yaml")
  expect((await here.run("argo", "import", flow)).err).toContain("there is only argo export")
})

it("the page shows the Dockerfile of the examples", () => {
  const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8")
  const [, shown] = /```dockerfile\n(.*?)```/s.exec(read("docs/argo-export.md"))!
  expect(shown).toBe(read("examples/argo-image/Dockerfile"))
})
