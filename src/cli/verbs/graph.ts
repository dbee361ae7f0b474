/** `pinnace graph`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { findRun } from "../arguments/findRun.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import type { Shell } from "../Shell.ts"
import { stages, type Vertex, verticesOf } from "../../view/edges.ts"
import { readGraph } from "../../view/readGraph.ts"
import { hasFlow } from "../../view/steps.ts"
import { dot, mermaid } from "../paint/drawing.ts"
import { table } from "../paint/table.ts"
import { nameOf } from "../arguments/nameOf.ts"
import { isModule, loadModule } from "../arguments/source.ts"
import { withView } from "../arguments/state.ts"
import { NotThere } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"
import { look } from "../arguments/rows.ts"

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
  if (workflow === undefined) return withView(shell, async (pinnace) => ofRun(pinnace, await findRun(pinnace, name)))
  const { graph: planOf } = await import("../../embed/inspect.ts")
  const plan = planOf(workflow)
  if (hasFlow(plan)) shell.complain("Steps of a flow are drawn of a run: name one")
  return verticesOf(plan)
}

const ofRun = async (pinnace: Pinnace, { id }: RunHandle): Promise<ReadonlyArray<Vertex>> => {
  const found = await look(pinnace, (source) => readGraph(source, id))
  if (found === undefined) throw new NotThere(`the graph of run ${id} is not in this state file`)
  return found
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
