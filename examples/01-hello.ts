// A task is a unit of work, a workflow a graph of nodes that run tasks.
import { open, task, workflow } from "../mod.ts"

const hello = task("hello", { run: () => "Hello, world" })
const greet = workflow("greet", {}, (w) => w.node("hello", hello))

const pinnace = await open(":memory:")
console.log(await pinnace.run(greet))
await pinnace.close()
