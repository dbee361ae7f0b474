/** Artifacts of exported workflows: containers share a store, and nothing else. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Artifact, open, Schema, task, workflow } from "../../mod.ts"
import { lint, load, viewRun } from "../../src/argo/mod.ts"
import type { Pinnace } from "../../src/embed/Pinnace.ts"
import type { ExecAnswer } from "../../src/export/exec/ExecRequest.ts"
import { exportArgo, type ExportedWorkflow } from "../../src/export/mod.ts"
import { memoryStore } from "../../src/store/mod.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { schemaFaults } from "./argoSchema.ts"
import { containersOf } from "./asManifest.ts"

const options = { image: "registry/app:1", module: "/app/flow.ts", store: "s3://bucket/runs" }

const lines = task("lines", {
  output: { text: Artifact, folder: Artifact },
  retry: { limit: 1 },
  run: async (_, { artifacts: { directory, put, putText }, attempt }) => {
    const folder = join(await directory(), "folder")
    mkdirSync(folder)
    writeFileSync(join(folder, "a"), `a of ${attempt}`)
    const text = await putText("text", `made by attempt ${attempt}`)
    if (attempt === 1) throw new Error("once")
    return { text, folder: await put("folder", folder, { archive: "zip" }) }
  }
})

const copied = task("copied", {
  input: { from: Artifact, n: Schema.Int },
  output: Artifact,
  run: async ({ from, n }, { artifacts: { open, putJson } }) => {
    const copy = { n, text: await (await open(from)).text() }
    const saved = await putJson(`copy-${n}`, copy, { gc: "temp", key: "copies/{run}/{node}/{attempt}/{name}" })
    // Its own can be opened, too.
    expect(await (await open(saved)).json()).toEqual(copy)
    return saved
  }
})

const read = task("read", {
  input: { folder: Artifact, copies: Schema.Array(Artifact) },
  output: Schema.Array(Schema.String),
  run: async ({ copies, folder }, { artifacts: { open } }) => {
    const texts = await Promise.all(copies.map(async (it) => (await open(it)).text()))
    return [readFileSync(join(await (await open(folder)).path(), "a"), "utf8"), ...texts]
  }
})

const passing = workflow("passing", {}, (w) => {
  const made = w.node("lines", lines)
  const copies = w.map("copies", [1, 2], copied, (n, _, { made }) => ({ from: made.text, n }), { needs: { made } })
  return w.node("read", read, {
    needs: { made, copies },
    input: ({ copies, made: { folder } }) => ({ folder, copies })
  })
})

it("a handle of one container is opened in another, whose engine knows nothing of it", async () => {
  const text = exportArgo(passing as unknown as ExportedWorkflow, options)
  expect(text).toContain("--store=s3://bucket/runs")
  expect([...lint([{ name: "passing.yaml", text }]), ...schemaFaults(text)]).toEqual([])
  const store = memoryStore()
  const container = async (act: (pinnace: Pinnace) => Promise<ExecAnswer>): Promise<ExecAnswer> => {
    await using pinnace = await open(":memory:", { artifacts: { store } })
    return await act(pinnace)
  }
  await using pinnace = await open(":memory:")
  const templates = containersOf(passing as unknown as AnyWorkflow, text, container)
  const run = await pinnace.start(load(text, { templates }) as never, { parameters: {} } as never)
  await run.ending()
  const view = (await Effect.runPromise(viewRun(pinnace.engine, run.id)))!
  const shown = view.nodes.find(({ displayName }) => displayName === "read")!
  expect(shown.phase).toBe("Succeeded")
  const end = shown.outputs.parameters!.find(({ name }) => name === "end")!.value
  const copy = (n: number) => JSON.stringify({ n, text: "made by attempt 2" })
  expect(JSON.parse(end).output).toEqual(["a of 2", copy(1), copy(2)])
})

it("without a store, what passes artifacts on is refused with the remedy; an input of them always is", () => {
  const { store: _, ...without } = options
  expect(() => exportArgo(passing as unknown as ExportedWorkflow, without)).toThrow("--store s3://BUCKET")
  const given = workflow(
    "given",
    { input: { from: Artifact } },
    (w) => w.node("copied", copied, { input: { from: w.input.from, n: 1 } })
  )
  expect(() => exportArgo(given as unknown as ExportedWorkflow, options)).toThrow("Its input holds artifacts")
})
