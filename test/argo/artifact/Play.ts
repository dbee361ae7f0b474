/** One-template manifests whose inputs come from elsewhere, on processes of the host. */
import * as Effect from "effect/Effect"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { open, type Pinnace } from "../../../mod.ts"
import { load, type ManifestNode, type ManifestRun, viewRun } from "../../../src/argo/mod.ts"
import { removeTree } from "../../removeTree.ts"

/** An engine with a folder for files of its runs. */
export class Play {
  readonly folder: string = mkdtempSync(join(realpathSync(tmpdir()), "artifact-"))
  #pinnace: Pinnace | undefined

  /** Runs a workflow to its end; `more` are further documents. */
  async run(spec: string, more: string = ""): Promise<ManifestRun> {
    const pinnace = this.#pinnace ??= await open(":memory:")
    const text = `kind: Workflow\nmetadata: {name: wf}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
    const run = await pinnace.start(load(text, { directory: this.folder, executor: "process" }), { parameters: {} })
    await run.ending()
    return Effect.runSync(viewRun(pinnace.engine, run.id))!
  }

  /** Runs a script in a directory in which an input artifact is at `in`; answers its node. */
  async input(artifact: string, script: string, more: string = ""): Promise<ManifestNode> {
    const run = await this.run(
      `entrypoint: main
volumes: [{name: v, emptyDir: {}}]
templates:
- name: main
  inputs: {artifacts: [{name: in, path: /v/in, ${artifact}}]}
  outputs: {parameters: [{name: out, valueFrom: {path: /v/out}}]}
  script: {command: [sh, -e], source: ${
        JSON.stringify(`cd /v\n(${script}) > out`)
      }, volumeMounts: [{name: v, mountPath: /v}]}`,
      more
    )
    return run.nodes[0]!
  }

  async close(): Promise<void> {
    await this.#pinnace?.close()
    removeTree(this.folder)
  }
}

/** What the script printed, or why there is nothing. */
export const outcome = ({ message, outputs }: ManifestNode): string => outputs.parameters?.[0]?.value ?? message
