/** Seeded graphs end the same on the engine and, exported, as manifests whose containers are functions. */
import process from "node:process"
import { expect, it } from "vitest"
import { exportArgo, type ExportedWorkflow } from "../../src/export/mod.ts"
import { lint } from "../../src/argo/mod.ts"
import { schemaFaults } from "./argoSchema.ts"
import { asManifest } from "./asManifest.ts"
import { inView, onEngine } from "./Ends.ts"
import { graphOf } from "./graphs.ts"

const seeds = Number(process.env["PINNACE_EXPORT_SEEDS"] ?? 100)
const first = Number(process.env["PINNACE_EXPORT_FIRST"] ?? 1)

it("seeded graphs end the same, and what is exported is free of issues", { timeout: 600_000 }, async () => {
  for (let seed = first; seed < first + seeds; seed++) {
    const workflow = graphOf(seed, 6)
    const text = exportArgo(workflow as unknown as ExportedWorkflow, {
      image: "registry/app:1",
      module: "/app/flow.ts"
    })
    expect([...lint([{ name: "flow.yaml", text }]), ...schemaFaults(text)], `seed ${seed}`).toEqual([])
    const [ours, theirs] = [await onEngine(workflow), inView(workflow, await asManifest(workflow, text))]
    expect(theirs, `seed ${seed}\n${text}`).toEqual(ours)
  }
})
