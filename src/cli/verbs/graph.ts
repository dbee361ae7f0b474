/** `pinnace graph`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { PlanJson } from "../../plan/drawing.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { dot, mermaid, stages, type Vertex, verticesOf, verticesOfManifest } from "../../view/edges.ts"
import { table } from "../paint/table.ts"
import { nameOf } from "../arguments/nameOf.ts"
import { isModule, loadModule } from "../arguments/source.ts"
import { withView } from "../arguments/state.ts"
import { NotThere } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"
import { rowOf, viewOf } from "../arguments/rows.ts"

const formats = ["lanes", "mermaid", "dot", "json"] as const

const graph = async (call: Call): Promise<number> => {
  const { args: [name = ""], flags, shell } = call
  const format = flags.on("mermaid") ? "mermaid" : flags.on("dot") ? "dot" : outputOf(call, formats) ?? "lanes"
  const vertices = await read(call, name)
  if (format === "mermaid") shell.print(mermaid(vertices))
  else if (format === "dot") shell.print(dot(vertices))
  else if (format === "json") shell.print(JSON.stringify(vertices, null, 2))
  else for (const line of lanes(vertices, shell)) shell.print(line)
  return 0
}

const read = async ({ flags, shell }: Call, name: string): Promise<ReadonlyArray<Vertex>> => {
  const own = shell.workflows.find((it) => nameOf(it) === name)
  const workflow = own ??
    (isModule(name) && /[./\\]/.test(name) ? await loadModule(name, flags.text("workflow")) : undefined)
  if (workflow === undefined) return withView(shell, (pinnace) => ofRun(pinnace, findRun(pinnace, name)))
  const { graph: planOf } = await import("../../embed/inspect.ts")
  return verticesOf(planOf(workflow))
}

const ofRun = async (pinnace: Pinnace, run: RunHandle): Promise<ReadonlyArray<Vertex>> => {
  const view = await viewOf(pinnace, run)
  if (view.isManifest) {
    const { viewRun } = await import("../../argo/view.ts")
    const after = new Map((viewRun(pinnace.engine, run.id)?.nodes ?? []).map((it) => [it.name, it.after ?? []]))
    return verticesOfManifest(view, after)
  }
  const plan = pinnace.engine.host.journal.plan(rowOf(pinnace, run).digest)
  if (plan === undefined) throw new NotThere(`the graph of run ${run.id} is not in this state file`)
  return verticesOf(JSON.parse(plan) as PlanJson)
}

/** One node a line, in the order of stages: what stands in one stage may run side by side. */
const lanes = (vertices: ReadonlyArray<Vertex>, { columns, paint }: Shell): ReadonlyArray<string> => {
  const stageOf = stages(vertices)
  const ordered = vertices.toSorted((a, b) => stageOf.get(a.name)! - stageOf.get(b.name)!)
  const arrow = paint.utf8 ? "←" : "<-"
  const rows = ordered.map(({ after, name, runs }, at) => {
    const stage = stageOf.get(name)!
    const isFirst = at === 0 || stageOf.get(ordered[at - 1]!.name) !== stage
    return [isFirst ? String(stage) : "", name, runs, after.length === 0 ? "" : `${arrow} ${after.join(", ")}`]
  })
  return table([["STAGE", "NODE", "RUNS", "AFTER"], ...rows], columns, 2)
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN|FILE.ts",
  about:
    "Draws which node waits for which: of a run, or of the workflow that a TypeScript module exports. Nodes of one stage may run side by side.",
  takes: [1, 1],
  options: {
    mermaid: { type: "boolean", about: "As a flow chart for Mermaid, which GitHub shows" },
    dot: { type: "boolean", about: "For Graphviz" },
    workflow: { type: "string", value: "NAME", about: "Which workflow, when the module exports several" },
    output: outputOption(formats)
  },
  examples: [
    ["graph @latest", "stages on the terminal"],
    ["graph flow.ts --mermaid", "a picture, without running it"]
  ],
  run: graph
}
