// A node that makes a graph: what there is to do is known only once another node has looked.
import { type NodeRef, open, Schema, task, workflow } from "../mod.ts"

const look = task("look", { run: () => [{ name: "lib", needs: [] as Array<string> }, { name: "app", needs: ["lib"] }] })
const compile = task("compile", { input: Schema.String, output: Schema.String, run: (name) => `${name}.o` })
const link = task("link", { input: Schema.Array(Schema.String), run: (parts) => parts.join(" + ") })

const build = workflow("build", {}, (w) =>
  w.expand("targets", w.node("look", look), (found, g) => {
    const nodes = new Map<string, NodeRef<string>>()
    for (const { name, needs } of found) {
      nodes.set(name, g.node(name, compile, { input: name, after: needs.map((need) => nodes.get(need)!) }))
    }
    return g.node("link", link, { input: [...nodes.values()] })
  }))

const pinnace = await open(":memory:")
const run = await pinnace.start(build)
console.log(await run.result())
for (const { path, phase } of await run.nodes()) console.log(`${path}: ${phase}`)
await pinnace.close()
