/** The engine on a PostgreSQL server. */
import { expect, it, onTestFinished } from "vitest"
import { open, type OpenOptions, type Pinnace, task, workflow } from "../../mod.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "./server.ts"

const opened = async (options: OpenOptions = {}): Promise<Pinnace> => {
  const pinnace = await open(sharedServer().url, options)
  onTestFinished(() => pinnace.close())
  return pinnace
}

const hello = task("hello", { run: () => "Hello, world" })
const greet = workflow("greet", {}, (w) => w.node("hello", hello))

it.skipIf(!hasPostgres)(`a run of one node is started, executed and ended (${withoutPostgres})`, async () => {
  const pinnace = await opened({ workflows: [greet] })
  expect(await pinnace.run(greet)).toBe("Hello, world")
})
