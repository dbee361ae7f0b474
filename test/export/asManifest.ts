/** An exported workflow on our runner of manifests, whose containers are functions. */
import process from "node:process"
import * as Effect from "effect/Effect"
import { parseAllDocuments } from "yaml"
import { load, type ManifestRun, type Replacement, viewRun } from "../../src/argo/mod.ts"
import type { Pinnace } from "../../src/embed/Pinnace.ts"
import { execute } from "../../src/export/exec/execute.ts"
import type { ExecAnswer, Verb } from "../../src/export/exec/ExecRequest.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import type { AnyWorkflow } from "../../src/workflow/Definition.ts"

const optionIn = (args: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  args.flatMap((it) => it.startsWith(`${name}=`) ? [it.slice(name.length + 1)] : [])

type Container = (act: (pinnace: Pinnace) => Promise<ExecAnswer>) => Promise<ExecAnswer>

/** Functions that do what the containers of an export do; `open` gives one of them an engine. */
export const containersOf = (workflow: AnyWorkflow, text: string, open: Container): Record<string, Replacement> => {
  const [document] = parseAllDocuments(text).slice(-1)
  const { spec } = document!.toJS() as {
    spec: { templates: ReadonlyArray<{ name: string; container?: { args: ReadonlyArray<string> } }> }
  }
  const templates: Record<string, Replacement> = {}
  for (const { container, name } of spec.templates) {
    if (container !== undefined) templates[name] = containerOf(workflow, container.args, open)
  }
  return templates
}

const containerOf = (workflow: AnyWorkflow, args: ReadonlyArray<string>, open: Container): Replacement =>
async (
  { node, parameters }
) => {
  const isTriedAgain = args.includes("--retries={{retries}}")
  const request = {
    verb: optionIn(args, "--do")[0] as Verb,
    path: optionIn(args, "--node"),
    attempt: isTriedAgain ? Number(/\((\d+)\)$/.exec(node)?.[1] ?? 0) + 1 : 1,
    run: "r",
    shares: args.some((it) => it.startsWith("--store=")),
    parameters
  }
  const answer = await open((pinnace) => execute(pinnace, workflow, request))
  return { exitCode: answer.exitCode, parameters: answer.outputs }
}

/** The run of an exported workflow on virtual time. */
export const asManifest = async (workflow: AnyWorkflow, text: string): Promise<ManifestRun> => {
  const [bed, bodies] = [new TestEngine(), new TestEngine()]
  const templates = containersOf(workflow, text, (act) => act(bodies.pinnace))
  const run = await bed.pinnace.start(load(text, { templates }) as never, { parameters: {} } as never)
  await bed.untilEnded(run)
  const view = Effect.runSync(viewRun(bed.pinnace.engine, run.id))!
  if (process.env["PINNACE_EXPORT_SHOW"]) {
    console.log(view.name, view.nodes.map((n) => `${n.name} ${n.type} ${n.phase} ${n.message}`).join("\n"))
  }
  await bed.close()
  await bodies.close()
  return view
}
