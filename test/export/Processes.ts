/** Seeded graphs, exported, as manifests whose containers are processes: each node is one. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { open } from "../../mod.ts"
import { load, viewRun } from "../../src/argo/mod.ts"
import { exportArgo, type ExportedWorkflow } from "../../src/export/mod.ts"
import { removeTree } from "../removeTree.ts"
import { programFor } from "../suite/programs.ts"
import { type Ends, inView, onEngine } from "./Ends.ts"
import { graphOf } from "./graphs.ts"
import { seedSize } from "./seedSize.ts"

/** What plays them. */
export class Processes {
  readonly #folder = mkdtempSync(join(tmpdir(), "pinnace-export-"))

  constructor() {
    const isDeno = process.versions["deno"] !== undefined
    const program = programFor("export/execSeed", isDeno ? "deno" : process.versions["bun"] ? "bun" : "node")
    const words = [process.execPath, ...isDeno ? ["run", "-A"] : [], program]
    const shim = join(this.#folder, "pinnace")
    writeFileSync(shim, `#!/bin/sh\nexec ${words.map((it) => `'${it}'`).join(" ")} "$@"\n`)
    chmodSync(shim, 0o755)
  }

  /** How the graph of a seed ends on the engine and as processes, and its manifest. */
  async play(seed: number): Promise<{ readonly ours: Ends; readonly theirs: Ends; readonly text: string }> {
    const workflow = graphOf(seed, seedSize)
    const text = exportArgo(workflow as unknown as ExportedWorkflow, { image: "registry/app:1", module: String(seed) })
    await using pinnace = await open(":memory:", { parallelism: 2 })
    const env = { PATH: `${this.#folder}:${process.env["PATH"]}` }
    const manifest = load(text, { env, executor: "process", directory: join(this.#folder, String(seed)) })
    const run = await pinnace.start(manifest, { parameters: {} })
    await run.ending()
    const view = (await Effect.runPromise(viewRun(pinnace.engine, run.id)))!
    return { ours: await onEngine(workflow), theirs: inView(workflow, view), text }
  }

  /** Removes what they left. */
  remove(): void {
    removeTree(this.#folder)
  }
}
