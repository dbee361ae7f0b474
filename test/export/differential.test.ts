/** Seeded graphs end the same on the engine and, exported, as manifests whose containers are functions. */
import process from "node:process"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { parseAllDocuments } from "yaml"
import { execute } from "../../src/export/exec/execute.ts"
import type { Verb } from "../../src/export/exec/ExecRequest.ts"
import { exportArgo, type ExportedWorkflow } from "../../src/export/mod.ts"
import { lint, load, type Replacement, viewRun } from "../../src/argo/mod.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"
import { type Ends, inView, onEngine } from "./Ends.ts"
import { graphOf } from "./graphs.ts"

const seeds = Number(process.env["PINNACE_EXPORT_SEEDS"] ?? 100)
const first = Number(process.env["PINNACE_EXPORT_FIRST"] ?? 1)

const optionIn = (args: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  args.flatMap((it) => it.startsWith(`${name}=`) ? [it.slice(name.length + 1)] : [])

const asManifest = async (workflow: AnyWorkflow, text: string): Promise<Ends> => {
  const bed = new TestEngine()
  const bodies = new TestEngine()
  const [document] = parseAllDocuments(text).slice(-1)
  const { spec } = document!.toJS() as {
    spec: { templates: ReadonlyArray<{ name: string; container?: { args: ReadonlyArray<string> } }> }
  }
  const templates: Record<string, Replacement> = {}
  for (const { container, name } of spec.templates) {
    if (container === undefined) continue
    const { args } = container
    templates[name] = async ({ node, parameters }) => {
      const attempt = args.includes("--retries={{retries}}") ? Number(/\((\d+)\)$/.exec(node)?.[1] ?? 0) + 1 : 1
      const request = {
        verb: optionIn(args, "--do")[0] as Verb,
        path: optionIn(args, "--node"),
        attempt,
        run: "r",
        parameters
      }
      const answer = await execute(bodies.pinnace, workflow, request)
      return { exitCode: answer.exitCode, parameters: answer.outputs }
    }
  }
  const run = await bed.pinnace.start(load(text, { templates }) as never, { parameters: {} } as never)
  await bed.untilEnded(run)
  const view = Effect.runSync(viewRun(bed.pinnace.engine, run.id))!
  if (process.env["PINNACE_EXPORT_SHOW"]) {
    console.log(
      view.name,
      view.nodes.map((n) => `${n.name} ${n.type} ${n.phase} ${n.message}`).join("\n")
    )
  }
  await bed.close()
  await bodies.close()
  return inView(workflow, view)
}

it("seeded graphs end the same, and what is exported is free of issues", { timeout: 600_000 }, async () => {
  for (let seed = first; seed < first + seeds; seed++) {
    const workflow = graphOf(seed, 6)
    const text = exportArgo(workflow as unknown as ExportedWorkflow, {
      image: "registry/app:1",
      module: "/app/flow.ts"
    })
    expect(lint([{ name: "flow.yaml", text }]), `seed ${seed}`).toEqual([])
    const [ours, theirs] = [await onEngine(workflow), await asManifest(workflow, text)]
    expect(theirs, `seed ${seed}\n${text}`).toEqual(ours)
  }
})
