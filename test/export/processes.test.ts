/**
 * Seeded graphs end the same on the engine and, exported, as manifests whose containers are processes. Each node is a
 * process, so `npm test -- --long` plays three of them, and `PINNACE_EXPORT_PROCESSES=50` as many as it says.
 */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { open } from "../../mod.ts"
import { load, viewRun } from "../../src/argo/mod.ts"
import { exportArgo, type ExportedWorkflow } from "../../src/export/mod.ts"
import { removeTree } from "../removeTree.ts"
import { inView, onEngine } from "./Ends.ts"
import { graphOf } from "./graphs.ts"
import { seedSize } from "./seedSize.ts"

const isLong = process.env["PINNACE_TEST_LONG"] !== undefined
const seeds = Number(process.env["PINNACE_EXPORT_PROCESSES"] ?? (isLong ? 3 : 0))
const first = Number(process.env["PINNACE_EXPORT_FIRST"] ?? 1)
const program = fileURLToPath(new URL("programs/execSeed.ts", import.meta.url))

it.skipIf(seeds === 0)("seeded graphs end the same as processes", { timeout: 3_600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "pinnace-export-"))
  try {
    const words = [process.execPath, ...process.versions["deno"] === undefined ? [] : ["run", "-A"], program]
    const shim = join(folder, "pinnace")
    writeFileSync(shim, `#!/bin/sh\nexec ${words.map((it) => `'${it}'`).join(" ")} "$@"\n`)
    chmodSync(shim, 0o755)
    const env = { PATH: `${folder}:${process.env["PATH"]}` }
    for (let seed = first; seed < first + seeds; seed++) {
      const workflow = graphOf(seed, seedSize)
      const text = exportArgo(workflow as unknown as ExportedWorkflow, {
        image: "registry/app:1",
        module: String(seed)
      })
      await using pinnace = await open(":memory:", { parallelism: 2 })
      const manifest = load(text, { env, executor: "process", directory: join(folder, String(seed)) })
      const run = await pinnace.start(manifest, { parameters: {} })
      await run.ending()
      const view = (await Effect.runPromise(viewRun(pinnace.engine, run.id)))!
      expect(inView(workflow, view), `seed ${seed}\n${text}`).toEqual(await onEngine(workflow))
    }
  } finally {
    removeTree(folder)
  }
})
